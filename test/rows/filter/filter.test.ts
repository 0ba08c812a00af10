import { describe, expect, test } from 'vitest';
import { Pace } from '../../../src/columns/pace.ts';
import { type Filter, InvalidPatternError } from '../../../src/rows/filter/filter.ts';
import { filterRows, queryRows } from '../../../src/rows/query.ts';
import type { TableView } from '../../../src/rows/store/view.ts';
import { type ExampleUser, userColumn, usersTable, viewUsers } from '../example-users.ts';

const username = userColumn('username');
const email = userColumn('email');
const table = usersTable([username, email], [username]);

const users: readonly ExampleUser[] = [
  ['alice', { email: 'alice@example.com' }],
  ['bob', { email: 'Bob@Example.com' }],
  ['carol'],
];

async function matches(view: TableView, filter: Filter): Promise<readonly (string | null)[]> {
  const rows = await filterRows(
    view,
    filter,
    Array.from({ length: view.store.rowCount }, (_, row) => row),
    new Pace(),
  );
  return rows.map((row) => view.store.identity.get(row));
}

describe('three-valued logic', () => {
  const eq = (value: string | null): Filter => ({ kind: 'compare', column: email, operator: 'eq', value });
  const not = (filter: Filter): Filter => ({ kind: 'not', filter });
  const isNull: Filter = { kind: 'isNull', column: email, negated: false };

  test.each<[string, Filter, readonly string[]]>([
    ['eq does not match NULL', eq('alice@example.com'), ['alice']],
    ['neither does its negation', not(eq('alice@example.com')), ['bob']],
    ['neither does neq', { kind: 'compare', column: email, operator: 'neq', value: 'x' }, ['alice', 'bob']],
    ['eq null matches nothing', eq(null), []],
    ['not eq null matches nothing', not(eq(null)), []],
    ['is NULL matches NULL', isNull, ['carol']],
    ['not is NULL matches the others', not(isNull), ['alice', 'bob']],
    ['unknown or true is true', { kind: 'or', filters: [eq(null), isNull] }, ['carol']],
    ['unknown and true is unknown', { kind: 'and', filters: [eq(null), isNull] }, []],
    ['not (unknown or true) is false', not({ kind: 'or', filters: [eq(null), isNull] }), []],
    ['not (unknown and false) is true', not({ kind: 'and', filters: [eq(null), isNull] }), ['alice', 'bob']],
    ['in an empty list matches nothing', { kind: 'in', column: email, values: [] }, []],
    [
      'not in an empty list matches even NULL',
      not({ kind: 'in', column: email, values: [] }),
      ['alice', 'bob', 'carol'],
    ],
    ['not in a list with NULL matches nothing', not({ kind: 'in', column: email, values: ['x', null] }), []],
    ['in null matches nothing', { kind: 'in', column: email, values: null }, []],
  ])('%s', async (_, filter, expected) => {
    expect(await matches(await viewUsers(users, table), filter)).toEqual(expected);
  });
});

describe('patterns', () => {
  const match = (
    operator: 'like' | 'ilike' | 'regex' | 'iregex' | 'startsWith',
    pattern: string,
  ): Filter => ({
    kind: 'match',
    column: email,
    operator,
    pattern,
  });

  test('of ilike and iregex ignore the case', async () => {
    const view = await viewUsers(users, table);
    expect(await matches(view, match('ilike', 'BOB%'))).toEqual(['bob']);
    expect(await matches(view, match('like', 'BOB%'))).toEqual([]);
    expect(await matches(view, match('iregex', '^BOB'))).toEqual(['bob']);
  });

  test('of like take an underscore for one code point, not one byte or unit', async () => {
    const view = await viewUsers(
      [
        ['a', { email: '😀' }],
        ['b', { email: 'éé' }],
      ],
      table,
    );
    expect(await matches(view, match('like', '_'))).toEqual(['a']);
    expect(await matches(view, match('like', '__'))).toEqual(['b']);
    expect(await matches(view, match('like', '%_é'))).toEqual(['b']);
  });

  test('of like take the character after a backslash literally', async () => {
    const view = await viewUsers(
      [
        ['a', { email: '50%' }],
        ['b', { email: '50x' }],
      ],
      table,
    );
    expect(await matches(view, match('like', '50\\%'))).toEqual(['a']);
  });

  test('of like must not end in the middle of an escape', async () => {
    await expect(matches(await viewUsers(users, table), match('like', 'a\\'))).rejects.toThrow(
      InvalidPatternError,
    );
  });

  test.each(['(', 'a**', '(?=a)', '\\1', '[z-a]', 'a{1001}', '((a{100}){100}){100}', 'a'.repeat(5000)])(
    'that RE2 refuses are refused: %.20s',
    async (pattern) => {
      await expect(matches(await viewUsers(users, table), match('regex', pattern))).rejects.toThrow(
        InvalidPatternError,
      );
    },
  );

  test('that make other engines run forever match in linear time', async () => {
    const view = await viewUsers(
      [
        ['a', { email: `${'a'.repeat(10_000)}!` }],
        ['b', { email: 'aaa' }],
      ],
      table,
    );
    expect(await matches(view, match('regex', '(a+)+$'))).toEqual(['b']);
    expect(await matches(view, match('regex', '(a|a)*(b|c)*\\w+$'))).toEqual(['b']);
  });

  test('match a text with a NUL in it', async () => {
    const view = await viewUsers(
      [
        ['a', { email: 'x\0y' }],
        ['b', { email: 'xy' }],
      ],
      table,
    );
    expect(await matches(view, match('like', 'x_y'))).toEqual(['a']);
    expect(await matches(view, match('startsWith', 'x\0'))).toEqual(['a']);
  });
});

test('texts compare by code point', async () => {
  const view = await viewUsers([['\uffff'], ['😀'], ['é'], ['z']], table);
  const above: Filter = { kind: 'compare', column: username, operator: 'gt', value: '\uffff' };
  expect(await matches(view, above)).toEqual(['😀']);
  const page = { limit: 4, offset: 0, cursor: undefined, backward: false };
  const wanted = { totalCount: false, pageInfo: false };
  const { rows } = await queryRows(view, { filter: undefined, order: [], page, wanted }, new Pace());
  expect(rows.map((row) => view.store.identity.get(row))).toEqual(['z', 'é', '\uffff', '😀']);
});

test.each([
  ['the identity', username, (i: number) => `user-${i}`],
  ['a column of distinct values', email, (i: number) => `user-${i}@example.com`],
  ['a column of few values', userColumn('group'), (i: number) => `group-${i % 100}`],
  ['a column of numbers', userColumn('number', 'int8'), (i: number) => BigInt(i)],
])('a list of ten thousand values is looked for in %s', async (_, column, toValue) => {
  const users = Array.from(
    { length: 20_000 },
    (_, i): ExampleUser => [
      `user-${i}`,
      { email: `user-${i}@example.com`, group: `group-${i % 250}`, number: String(i) },
    ],
  );
  const view = await viewUsers(users, table);
  const values = Array.from({ length: 10_000 }, (_, i) => toValue(i));
  const expected = column.name === 'group' ? 8000 : 10_000;
  const rows = await matches(view, { kind: 'in', column, values });
  const others = await matches(view, { kind: 'not', filter: { kind: 'in', column, values } });
  expect([rows.length, others.length]).toEqual([expected, 20_000 - expected]);
});

describe('a filter of hundreds of conditions', () => {
  const many: Filter = {
    kind: 'or',
    filters: Array.from({ length: 240 }, (_, i) => ({
      kind: 'or',
      filters: [
        { kind: 'compare', column: email, operator: 'eq', value: `nobody${i}` },
        { kind: 'and', filters: [{ kind: 'compare', column: email, operator: 'gt', value: `u${i}@` }] },
        {
          kind: 'and',
          filters: [
            { kind: 'isNull', column: email, negated: true },
            { kind: 'or', filters: [{ kind: 'compare', column: username, operator: 'eq', value: `u${i}` }] },
          ],
        },
      ],
    })),
  };
  const most = Array.from({ length: 500 }, (_, i): ExampleUser => [`u${i}`, { email: `u${i}@example.com` }]);

  test('needs no more memory for its rows than one condition does', async () => {
    const view = await viewUsers(most, table);
    await matches(view, { kind: 'compare', column: email, operator: 'eq', value: 'x' });
    const before = process.memoryUsage().arrayBuffers;
    expect(await matches(view, many)).toHaveLength(500);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * 1024 * 1024);
  });
});
