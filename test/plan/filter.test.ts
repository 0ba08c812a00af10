import { describe, expect, test } from 'vitest';
import { Pace } from '../../src/columns/pace.ts';
import { planFilter, toFilter } from '../../src/plan/filter.ts';
import { userColumn, usersTable } from '../rows/example-users.ts';

const username = userColumn('username');
const email = userColumn('email');
const age = userColumn('age', 'int4');
const tags = userColumn('tags', 'text', true);
const table = usersTable([username, email, age, tags], [username]);

const read = (input: Record<string, unknown>) => toFilter(table, input, 'filter');

describe('a filter input', () => {
  test('is ignored if it is empty or null, at every level', () => {
    for (const input of [
      {},
      { email: null },
      { email: {} },
      { and: [] },
      { not: {} },
      { or: [{}, { email: {} }] },
    ]) {
      expect(read(input)).toBeUndefined();
    }
  });

  test('is true if all of its conditions are', () => {
    expect(read({ email: { neq: 'x', is: 'NOT_NULL' }, age: { lt: 3 } })).toEqual({
      kind: 'and',
      filters: [
        {
          kind: 'and',
          filters: [
            { kind: 'compare', column: email, operator: 'neq', value: 'x' },
            { kind: 'isNull', column: email, negated: true },
          ],
        },
        { kind: 'compare', column: age, operator: 'lt', value: 3 },
      ],
    });
  });

  test('combines filters', () => {
    const adult = { kind: 'compare', column: age, operator: 'gte', value: 18 };
    expect(read({ not: { age: { gte: 18 } } })).toEqual({ kind: 'not', filter: adult });
    expect(read({ or: [{ age: { gte: 18 } }, { age: { is: 'NULL' } }] })).toEqual({
      kind: 'or',
      filters: [adult, { kind: 'isNull', column: age, negated: false }],
    });
    expect(read({ and: [{ age: { gte: 18 } }] })).toEqual(adult);
  });

  test("takes an operator's null for SQL's NULL", () => {
    expect(read({ email: { eq: null } })).toEqual({
      kind: 'compare',
      column: email,
      operator: 'eq',
      value: null,
    });
    expect(read({ email: { in: null } })).toEqual({ kind: 'in', column: email, values: null });
    expect(read({ email: { like: null } })).toEqual({
      kind: 'match',
      column: email,
      operator: 'like',
      pattern: null,
    });
  });

  test('takes a single value for a list of one', () => {
    expect(read({ age: { in: 7 } })).toEqual({ kind: 'in', column: age, values: [7] });
    expect(read({ tags: { contains: 'a' } })).toEqual({
      kind: 'list',
      column: tags,
      operator: 'contains',
      value: ['a'],
    });
  });

  test.each<[Record<string, unknown>, string]>([
    [{ phone: { eq: 'x' } }, 'filter: users has no field "phone"'],
    [
      { age: { like: 'x' } },
      'filter.age has no operator "like"; its operators are eq, gt, gte, in, is, lt, lte, neq',
    ],
    [{ age: { eq: 'old' } }, 'filter.age.eq: "old" is not a valid int4'],
    [{ age: { in: [1, 'old'] } }, 'filter.age.in.1: "old" is not a valid int4'],
    [{ age: { is: 'EMPTY' } }, 'filter.age.is must be NULL or NOT_NULL, but got "EMPTY"'],
    [{ age: 7 }, 'filter.age must be an object, but got 7'],
    [{ or: {} }, 'filter.or must be a list of filters'],
    [{ or: [{ age: { eq: 'old' } }] }, 'filter.or.0.age.eq: "old" is not a valid int4'],
    [{ email: { like: 'a\\' } }, 'filter.email.like: the pattern ends with a backslash that escapes nothing'],
    [
      { email: { ilike: '%a'.repeat(500_000) } },
      'filter.email.ilike: a pattern may have at most 4096 characters; this one has 1000000',
    ],
    [
      { email: { startsWith: 'a'.repeat(5000) } },
      'filter.email.startsWith: a pattern may have at most 4096 characters; this one has 5000',
    ],
    [
      { email: { regex: 'a'.repeat(5000) } },
      'filter.email.regex: a regular expression may have at most 1000 characters; this one has 5000',
    ],
    [
      { email: { regex: 'x{1,1000}' } },
      'filter.email.regex: a regular expression may compile to at most 1000 instructions; this one takes 2001',
    ],
    [{ email: { like: '\ud800' } }, 'filter.email.like: "\\ud800" is not a well-formed string'],
    [{ nodeId: { eq: 'x' } }, 'filter.nodeId.eq is not a nodeId of this API'],
  ])('is refused where it breaks the contract: %j', (input, message) => {
    expect(() => read(input)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT', message }));
  });

  test('is rejected with an excerpt of the invalid value, however long that is', () => {
    expect(() => read({ age: { eq: 'x'.repeat(100_000) } })).toThrow(
      /^filter\.age\.eq: "x{99}… is not a valid int4$/,
    );
  });
});

describe('reading a large filter', () => {
  const large = { age: { in: Array.from({ length: 10_000 }, (_, i) => i) } };

  test('lets other work have its turn', async () => {
    let turns = 0;
    const count = setInterval(() => turns++, 0);
    const filter = await planFilter(table, large, 'filter', new Pace({ sliceMs: 0 }));
    clearInterval(count);
    expect(filter).toMatchObject({ kind: 'in' });
    expect(turns).toBeGreaterThan(0);
  });

  test('ends with its request', async () => {
    const pace = new Pace({ sliceMs: 0, signal: AbortSignal.abort(new Error('the client is gone')) });
    await expect(planFilter(table, large, 'filter', pace)).rejects.toThrow('the client is gone');
  });
});
