import type { ValueType } from './value-type.ts';

/** `bool`: false stands before true. */
export const boolType: ValueType<boolean> = {
  parse(text) {
    const word = text.replace(surroundingSpace, '').toLowerCase();
    if (trueWords.has(word)) return true;
    return falseWords.has(word) ? false : undefined;
  },
  compare: (a, b) => Number(a) - Number(b),
  sortKey: Number,
  print: (value) => value,
  jsonb: String,
};

/** What C's isspace() takes for white space. */
const surroundingSpace = /^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g;

/** Every spelling that Postgres takes: the words and their unambiguous beginnings. */
const trueWords = new Set(['t', 'tr', 'tru', 'true', 'y', 'ye', 'yes', 'on', '1']);
const falseWords = new Set(['f', 'fa', 'fal', 'fals', 'false', 'n', 'no', 'of', 'off', '0']);
