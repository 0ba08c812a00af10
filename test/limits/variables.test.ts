import { buildSchema, type GraphQLSchema, Kind, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { resolveLimits } from '../../src/limits/limits.ts';
import { prepareVariables } from '../../src/limits/variables.ts';

const schema = buildSchema('scalar Any type Query { field(value: Any): Int }');

/** Prepares the variables of a document with one operation. */
function prepare(
  text: string,
  variables: Record<string, unknown>,
  { limits, of = schema }: { limits?: Parameters<typeof resolveLimits>[0]; of?: GraphQLSchema } = {},
): void {
  const document = parse(text);
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (!operation) throw new Error('the document has an operation');
  prepareVariables({ schema: of, document, operation, variables }, resolveLimits(limits));
}

function check(value: unknown, limits: Parameters<typeof resolveLimits>[0]): () => void {
  return () => prepare('query ($value: Any) { field(value: $value) }', { value }, { limits });
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
  const inner = { constructor: 'x' };
  const filter = { not: {}, and: [inner] };
  const variables = { filter, filters: [{ not: {} }], value: { inner: {} } };
  prepare(
    'query ($filter: Filter, $filters: [Filter!], $value: Any) { field(filter: $filter, filters: $filters, value: $value) }',
    variables,
    { of: typed },
  );
  for (const object of [filter, filter.not, inner, variables.filters[0], variables.filters[0]?.not]) {
    expect(Object.getPrototypeOf(object)).toBeNull();
  }
  expect(Object.getPrototypeOf(variables.value.inner)).toBe(Object.prototype);
});

describe('a large variable counts wherever it is used', () => {
  const limits = { bodyBytes: 1_000 };
  const tooLarge = expect.objectContaining({
    code: 'QUERY_TOO_COMPLEX',
    message: expect.stringContaining('(8 × --max-body-bytes)'),
  });
  test.each([
    ['in a list', (uses: number) => `{ field(value: [${'$value '.repeat(uses)}]) }`],
    ['in objects', (uses: number) => `{ field(value: [${'{a: $value} '.repeat(uses)}]) }`],
    ['in fields', (uses: number) => `{ ${'field(value: $value) '.repeat(uses)} }`],
    [
      'in a fragment that is spread',
      (uses: number) =>
        `{ ${'...F '.repeat(uses / 2)} } fragment F on Query { ...G ...G } fragment G on Query { field(value: $value) }`,
    ],
  ])('%s', (_where, document) => {
    const ask = (uses: number, value: unknown) => () =>
      prepare(`query ($value: Any) ${document(uses)}`, { value }, { limits });
    expect(ask(6, 'x'.repeat(1_000))).not.toThrow();
    expect(ask(10, 'x'.repeat(1_000))).toThrow(tooLarge);
    expect(
      ask(
        10,
        Array.from({ length: 1_000 }, () => 1),
      ),
    ).toThrow(tooLarge);
    expect(ask(10, 'x')).not.toThrow();
    // Each element takes more memory than its characters do.
    expect(
      ask(
        10,
        Array.from({ length: 100 }, () => 1),
      ),
    ).toThrow(tooLarge);
  });

  test('but not where it is not used', () => {
    const value = 'x'.repeat(10_000);
    expect(() => prepare('query ($value: Any) { field(value: 1) }', { value }, { limits })).not.toThrow();
  });
});
