import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidPatternError } from '../../src/rows/filter/filter.ts';
import { compileRegex } from '../../src/rows/filter/regex.ts';
import { normalizeJson, readJsonArray } from '../../src/values/json-text.ts';
import { valueType } from '../../src/values/type/registry.ts';
import type { ScalarKind } from '../../src/values/type/sql-type.ts';

/** Long enough that time quadratic in it would exceed any test's. */
const length = 200_000;

const kinds: readonly ScalarKind[] = [
  ...(['bool', 'int4', 'int8', 'float8', 'numeric', 'uuid', 'date', 'time'] as const),
  ...(['timestamp', 'timestamptz', 'json', 'jsonb'] as const),
];

describe.each(kinds)('long texts that are no %s', (kind) => {
  test.each([' ', '1', '-', '1-', '1_', '1 ', '\t', '"', '\\', '[', '{"":', '.'])(
    'are found out in linear time: %j over and over',
    (part) => {
      const text = `${part.repeat(length / part.length)}x`;
      expect(valueType({ kind }).parse(text)).toBeUndefined();
      expect(valueType({ kind: 'array', element: { kind } }).parse(`{${text}`)).toBeUndefined();
    },
  );
});

test('white space around a value may be long', () => {
  const space = ' '.repeat(length);
  const parse = (kind: ScalarKind, text: string) => valueType({ kind }).parse(text);
  expect(parse('int4', `${space}7${space}`)).toBe(7);
  expect(parse('bool', `${space}on${space}`)).toBe(true);
  expect(parse('date', `${space}1970-01-02${space}`)).toBe(1);
});

describe('JSON', () => {
  test('may hold long strings', () => {
    const long = 'a'.repeat(5_000_000);
    expect(readJsonArray(`["${long}"]`)).toEqual([`"${long}"`]);
  });

  test.each([
    ['[', ']'],
    ['{"a": ', '}'],
  ])('may nest a thousand deep, and not a million: %s', (open, close) => {
    const nested = (depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;
    expect(normalizeJson(nested(1000))).toBe(nested(1000));
    expect(normalizeJson(nested(1_000_000))).toBeUndefined();
  });
});

test('every pattern is either a valid regular expression or refused', () => {
  const part = fc.constantFrom(
    ...'ab()[]{}*+?|^$.\\-,0159:<>=!P',
    '(?i',
    '(?:',
    '\\b',
    '\\pL',
    '[[:alpha:]]',
    '{2,5}',
    '😀',
  );
  const patterns = fc.array(part, { maxLength: 40 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(patterns, fc.string()), fc.boolean(), (pattern, ignoreCase) => {
      try {
        expect(typeof compileRegex(pattern, ignoreCase).test('abba 059 😀')).toBe('boolean');
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidPatternError);
      }
    }),
    { numRuns: 2000 },
  );
});
