import { compareText, foldCase, prefixKey } from '../text-order.ts';
import type { ValueType } from './value-type.ts';

/** `text` and `varchar`. */
export const textType: ValueType<string> = {
  parse: parseText,
  compare: compareText,
  sortKey: prefixKey,
  print: (text) => text,
  jsonb: (text) => JSON.stringify(text),
};

/** `citext`: keeps its case and ignores it in comparisons. */
export const citextType: ValueType<string> = {
  ...textType,
  compare: (a, b) => compareText(foldCase(a), foldCase(b)),
  sortKey: (text) => prefixKey(foldCase(text)),
};

/** `bpchar`: keeps its trailing blanks and ignores them in comparisons. */
export const bpcharType: ValueType<string> = {
  ...textType,
  compare: (a, b) => compareText(withoutTrailingBlanks(a), withoutTrailingBlanks(b)),
  sortKey: (text) => prefixKey(withoutTrailingBlanks(text)),
};

/** A `char(n)` without its trailing blanks, as Postgres casts it to `text`. */
export function withoutTrailingBlanks(text: string): string {
  return text.endsWith(' ') ? text.replace(trailingBlanks, '') : text;
}

/** Blanks alone: Postgres keeps other white space. */
const trailingBlanks = /(?<! ) +$/;

/** Postgres' text holds neither NUL nor what UTF-8 cannot. */
function parseText(text: string): string | undefined {
  return text.isWellFormed() && !text.includes('\0') ? text : undefined;
}
