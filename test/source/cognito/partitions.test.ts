import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parallelScans } from '../../../src/source/cognito/options.ts';
import { partitions } from '../../../src/source/cognito/partitions.ts';

test('one part has no filter', () => {
  expect(partitions(1)).toEqual([[undefined]]);
});

test('two parts share the sixteen first digits', () => {
  expect(partitions(2).map((filters) => filters.length)).toEqual([8, 8]);
  expect(partitions(2)[1]?.[0]).toBe('sub ^= "8"');
});

test('sixteen parts have one digit each', () => {
  expect(partitions(16)).toEqual([...'0123456789abcdef'].map((digit) => [`sub ^= "${digit}"`]));
});

test('256 parts have two digits each', () => {
  expect(partitions(256)[0x3f]).toEqual(['sub ^= "3f"']);
});

test('every sub is in exactly one part, by exactly one filter', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.constantFrom(...parallelScans.slice(1)), (sub, count) => {
      const parts = partitions(count);
      expect(parts).toHaveLength(count);
      const matching = parts.flat().filter((filter) => {
        const prefix = /^sub \^= "([0-9a-f]+)"$/.exec(filter ?? '')?.[1];
        return prefix !== undefined && sub.startsWith(prefix);
      });
      expect(matching).toHaveLength(1);
    }),
  );
});
