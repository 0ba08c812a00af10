import { compareText, prefixKey } from '../text-order.ts';
import { isUuid } from '../uuid.ts';
import type { ValueType } from './value-type.ts';

/** `uuid`: the canonical text, in lower case with four hyphens, which sorts like its bytes. */
export const uuidType: ValueType<string> = {
  parse(text) {
    if (isUuid(text)) return text;
    const digits = lenient.exec(text)?.[1] ?? lenient.exec(text)?.[2];
    return digits && toCanonical(digits.replaceAll('-', '').toLowerCase());
  },
  compare: compareText,
  sortKey: prefixKey,
  print: (uuid) => uuid,
  jsonb: (uuid) => `"${uuid}"`,
};

/** Postgres accepts a hyphen after any group of four digits, and braces around it all. */
const lenient = /^(?:\{((?:[\da-f]{4}-?){7}[\da-f]{4})\}|((?:[\da-f]{4}-?){7}[\da-f]{4}))$/i;

function toCanonical(digits: string): string {
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ].join('-');
}
