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

/** `citext`: keeps the case and ignores it in comparisons. */
export const citextType: ValueType<string> = {
  ...textType,
  compare: (a, b) => compareText(foldCase(a), foldCase(b)),
  sortKey: (text) => prefixKey(foldCase(text)),
};

/** `bpchar`: keeps trailing blanks and ignores them in comparisons. */
export const bpcharType: ValueType<string> = {
  ...textType,
  compare: (a, b) => compareText(withoutTrailingBlanks(a), withoutTrailingBlanks(b)),
  sortKey: (text) => prefixKey(withoutTrailingBlanks(text)),
};

/** A `char(n)` without its trailing blanks, as Postgres casts it to `text`. */
export function withoutTrailingBlanks(text: string): string {
  return text.endsWith(' ') ? text.replace(trailingBlanks, '') : text;
}

/** Only blanks: Postgres keeps other white space. */
const trailingBlanks = /(?<! ) +$/;

/** Postgres' text can hold neither NUL nor anything that UTF-8 cannot encode. */
function parseText(text: string): string | undefined {
  return text.isWellFormed() && !text.includes('\0') ? text : undefined;
}
