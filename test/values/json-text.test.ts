import { expect, test } from 'vitest';
import { readJsonArray } from '../../src/values/json-text.ts';

test('an array of more than a thousand values is not read to its end, however they are nested', () => {
  const ones = (count: number) => Array.from({ length: count }, () => '1').join(', ');
  expect(readJsonArray(`[${ones(1_000)}]`)).toHaveLength(1_000);
  expect(readJsonArray(`[${ones(1_001)}]`)).toBeUndefined();
  expect(readJsonArray(`[1, [${ones(998)}]]`)).toEqual(['1', `[${ones(998)}]`]);
  expect(readJsonArray(`[1, {"a": [${ones(1_000)}]}]`)).toBeUndefined();
});
