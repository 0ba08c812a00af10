import { trimSpace } from '../number/number-text.ts';
import type { ValueType } from './value-type.ts';

/** `bool`: false sorts before true. */
export const boolType: ValueType<boolean> = {
  parse(text) {
    const word = trimSpace(text).toLowerCase();
    if (trueWords.has(word)) return true;
    return falseWords.has(word) ? false : undefined;
  },
  compare: (a, b) => Number(a) - Number(b),
  sortKey: Number,
  print: (value) => value,
  jsonb: String,
};

/** Every spelling that Postgres accepts: the words and their unambiguous prefixes. */
const trueWords = new Set(['t', 'tr', 'tru', 'true', 'y', 'ye', 'yes', 'on', '1']);
const falseWords = new Set(['f', 'fa', 'fal', 'fals', 'false', 'n', 'no', 'of', 'off', '0']);
