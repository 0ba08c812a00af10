import { beforeAll, describe, expect, test } from 'vitest';
import { Pace } from '../../src/columns/pace.ts';
import { type OrderKey, type PageRequest, queryRows } from '../../src/rows/query.ts';
import type { TableView } from '../../src/rows/store/view.ts';
import { userColumn, usersTable, viewUsers } from './example-users.ts';

const username = userColumn('username');
const email = userColumn('email');
const age = userColumn('age', 'int4');
const table = usersTable([username, email, age], [username]);
const wanted = { totalCount: true, pageInfo: true };
const firstPage: PageRequest = { limit: 2, offset: 0, cursor: undefined, backward: false };

function key(column: OrderKey['column'], direction: 'asc' | 'desc', nulls: 'first' | 'last'): OrderKey {
  return { column, direction, nulls };
}

describe('a page', () => {
  let view: TableView;

  beforeAll(async () => {
    view = await viewUsers(
      [['a', { age: '20' }], ['b'], ['c', { age: '30' }], ['d', { age: '20' }], ['e']],
      table,
    );
  });

  const ask = async (order: readonly OrderKey[], page: Partial<PageRequest>) => {
    const { rows, ...rest } = await queryRows(
      view,
      {
        filter: undefined,
        order,
        page: { ...firstPage, ...page },
        wanted,
      },
      new Pace(),
    );
    return { users: rows.map((row) => view.store.identity.get(row)).join(''), ...rest };
  };
  const byAge = [key(age, 'asc', 'last'), key(username, 'asc', 'last')];

  test('is in the order of the key by default', async () => {
    expect(await ask([], {})).toEqual({
      users: 'ab',
      totalCount: 5,
      hasNextPage: true,
      hasPreviousPage: false,
    });
  });

  test('after a cursor continues to nulls that come last', async () => {
    expect(await ask(byAge, { cursor: [20, 'a'], limit: 9 })).toMatchObject({
      users: 'dcbe',
      hasNextPage: false,
    });
    expect(await ask(byAge, { cursor: [null, 'b'] })).toMatchObject({ users: 'e', hasPreviousPage: true });
  });

  test('after a cursor whose row is gone continues at its position', async () => {
    expect(await ask(byAge, { cursor: [20, 'b'] })).toMatchObject({ users: 'dc' });
    expect(await ask(byAge, { cursor: [25, 'x'] })).toMatchObject({ users: 'cb' });
  });

  test('of the last rows is in the requested order', async () => {
    expect(await ask(byAge, { backward: true })).toEqual({
      users: 'be',
      totalCount: 5,
      hasNextPage: false,
      hasPreviousPage: true,
    });
    expect(await ask(byAge, { backward: true, cursor: [30, 'c'] })).toMatchObject({
      users: 'ad',
      hasNextPage: true,
    });
  });

  test('of no rows tells whether there are any', async () => {
    expect(await ask([], { limit: 0 })).toMatchObject({
      users: '',
      hasNextPage: true,
      hasPreviousPage: false,
    });
    expect(await ask([], { offset: 5 })).toMatchObject({
      users: '',
      hasNextPage: false,
      hasPreviousPage: false,
    });
  });
});

test('ties are broken by the identity if nothing else does', async () => {
  const view = await viewUsers(
    [
      ['b', { age: '1' }],
      ['a', { age: '1' }],
      ['c', { age: '1' }],
    ],
    usersTable([age]),
  );
  const order = [key(age, 'desc', 'last')];
  const { rows } = await queryRows(view, { filter: undefined, order, page: firstPage, wanted }, new Pace());
  expect(rows).toEqual([0, 1]);
  const next = { ...firstPage, cursor: [1, 'b'] };
  expect((await queryRows(view, { filter: undefined, order, page: next, wanted }, new Pace())).rows).toEqual([
    2,
  ]);
});

test('usernames that are UUIDs are in the order of rows, declared as uuid', async () => {
  const ids = ['f', 'a', '0'].map((digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`);
  const id = userColumn('username', 'uuid');
  const view = await viewUsers(
    ids.map((username) => [username]),
    usersTable([id], [id]),
  );
  expect(view.isIdentity(id)).toBe(true);
  const page = { ...firstPage, cursor: [ids[2] ?? ''] };
  const { rows } = await queryRows(
    view,
    {
      filter: undefined,
      order: [key(id, 'asc', 'last')],
      page,
      wanted,
    },
    new Pace(),
  );
  expect(rows.map((row) => view.store.identity.get(row))).toEqual([ids[1], ids[0]]);
});

test('other work gets its turn during a long query', async () => {
  const users = Array.from(
    { length: 100_000 },
    (_, i) => [`${i}`, { email: `${(i * 7919) % 100_003}@example.com` }] as const,
  );
  const view = await viewUsers(users, table);
  let turns = 0;
  let isDone = false;
  const takeTurns = () => {
    turns++;
    if (!isDone) setImmediate(takeTurns);
  };
  setImmediate(takeTurns);
  await queryRows(
    view,
    { filter: undefined, order: [key(email, 'asc', 'last')], page: firstPage, wanted },
    new Pace(),
  );
  isDone = true;
  // Sorting these takes tens of milliseconds, and no slice more than a few.
  expect(turns).toBeGreaterThan(2);
});

describe('an aborted request', () => {
  const emailsOf = (count: number) =>
    Array.from(
      { length: count },
      (_, i) => [`${i}`, { email: `${(i * 7919) % 100_003}@example.com` }] as const,
    );
  const byEmail = [key(email, 'asc', 'last')];
  const gone = new Error('the client is gone');

  test.each([
    ['that orders', { filter: undefined, order: byEmail }],
    [
      'that filters',
      { filter: { kind: 'match', column: email, operator: 'regex', pattern: '(a|b)*c{1,20}d' }, order: [] },
    ],
  ] as const)('%s ends its own work', async (_name, query) => {
    const view = await viewUsers(emailsOf(50_000), table);
    const controller = new AbortController();
    const pace = new Pace({ signal: controller.signal });
    const asked = queryRows(view, { ...query, page: firstPage, wanted }, pace);
    setImmediate(() => controller.abort(gone));
    await expect(asked).rejects.toBe(gone);
  });

  test('leaves others the order that they wait for', async () => {
    const view = await viewUsers(emailsOf(50_000), table);
    const query = { filter: undefined, order: byEmail, page: firstPage, wanted };
    const controller = new AbortController();
    const aborted = queryRows(view, query, new Pace({ signal: controller.signal }));
    const other = queryRows(view, query, new Pace());
    setImmediate(() => controller.abort(gone));
    await expect(aborted).rejects.toBe(gone);
    expect((await other).rows).toHaveLength(firstPage.limit);
  });
});
