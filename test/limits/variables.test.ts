import { buildSchema, Kind, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { resolveLimits } from '../../src/limits/limits.ts';
import { prepareVariables } from '../../src/limits/variables.ts';

const schema = buildSchema('scalar Any type Query { field(value: Any): Int }');
const [operation] = parse('query ($value: Any) { field(value: $value) }').definitions;

function check(value: unknown, limits: Parameters<typeof resolveLimits>[0]): () => void {
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('the document has an operation');
  return () => prepareVariables({ schema, operation, variables: { value } }, resolveLimits(limits));
}

function nested(levels: number, around: (inner: unknown) => unknown): unknown {
  let value: unknown = null;
  for (let level = 0; level < levels; level++) value = around(value);
  return value;
}

const tooDeep = expect.objectContaining({ message: expect.stringContaining('--max-filter-depth') });

describe('a variable may hold', () => {
  test.each([
    ['objects', (inner: unknown) => ({ inner })],
    ['objects in lists', (inner: unknown) => [{ inner }]],
  ])('as many %s within each other as the limits allow', (_what, around) => {
    expect(check(nested(5, around), { filterDepth: 5 })).not.toThrow();
    expect(check(nested(6, around), { filterDepth: 5 })).toThrow(tooDeep);
  });

  test('no more than a thousand levels, whatever the limits allow', () => {
    expect(
      check(
        nested(900, (inner) => [inner]),
        { filterDepth: 2 ** 31 - 1 },
      ),
    ).not.toThrow();
    expect(
      check(
        nested(100_000, (inner) => [inner]),
        { filterDepth: 2 ** 31 - 1 },
      ),
    ).toThrow(tooDeep);
  });
});

test('input objects inherit nothing when they are coerced, wherever they are; scalars are left as they were sent', () => {
  const typed = buildSchema(`
    scalar Any
    input Filter { not: Filter, and: [Filter!], constructor: String }
    type Query { field(filter: Filter, filters: [Filter!], value: Any): Int }`);
  const [asked] = parse(
    'query ($filter: Filter, $filters: [Filter!], $value: Any) { field(filter: $filter, filters: $filters, value: $value) }',
  ).definitions;
  if (asked?.kind !== Kind.OPERATION_DEFINITION) throw new Error('the document has an operation');
  const inner = { constructor: 'x' };
  const filter = { not: {}, and: [inner] };
  const variables = { filter, filters: [{ not: {} }], value: { inner: {} } };
  prepareVariables({ schema: typed, operation: asked, variables }, resolveLimits({}));
  for (const object of [filter, filter.not, inner, variables.filters[0], variables.filters[0]?.not]) {
    expect(Object.getPrototypeOf(object)).toBeNull();
  }
  expect(Object.getPrototypeOf(variables.value.inner)).toBe(Object.prototype);
});
