import { describe, expect, test } from 'vitest';
import { conditionCost } from '../../src/limits/condition-cost.ts';

describe('the cost of a filter', () => {
  test.each<[unknown, number]>([
    [undefined, 0],
    [null, 0],
    [{}, 0],
    [{ status: { eq: 'x' } }, 1],
    [{ status: { eq: 'x', is: 'NOT_NULL' }, age: { lt: 3 } }, 3],
    [{ and: [{ status: { eq: 'x' } }, { not: { age: { lt: 3 } } }] }, 2],
    [{ email: { like: 'a%' } }, 1],
    [{ email: { regex: 'a' } }, 10],
    [{ age: { in: [1, 2, 3] } }, 1],
  ])('%j: %d', (filter, cost) => {
    expect(conditionCost(filter)).toBe(cost);
  });

  test('grows with its patterns, lists and texts', () => {
    expect(conditionCost({ email: { like: '%a'.repeat(1000) } })).toBe(1 + 31);
    expect(conditionCost({ email: { iregex: 'x'.repeat(800) } })).toBe(10 + 100);
    expect(conditionCost({ age: { in: Array.from({ length: 6400 }, (_, i) => i) } })).toBe(1 + 100);
    expect(conditionCost({ email: { in: Array.from({ length: 64 }, () => 'x'.repeat(4096)) } })).toBe(
      1 + 1 + 64,
    );
    expect(conditionCost({ email: { eq: 'x'.repeat(40_960) } })).toBe(1 + 10);
  });

  test('is found for a filter of any depth and width', () => {
    let deep: unknown = { age: { eq: 1 } };
    for (let i = 0; i < 200_000; i++) deep = { not: deep };
    expect(conditionCost(deep)).toBe(1);
    expect(conditionCost({ or: Array.from({ length: 300_000 }, () => ({ age: { eq: 1 } })) })).toBe(300_000);
  });
});
