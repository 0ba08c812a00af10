import { beforeEach, describe, expect, test } from 'vitest';
import { Pace } from '../../../src/columns/pace.ts';
import type { Filter } from '../../../src/rows/filter/filter.ts';
import { matches } from '../../../src/rows/match/matches.ts';
import { toArray } from '../../../src/rows/match/row-source.ts';
import { queryRows, type RowQuery } from '../../../src/rows/query.ts';
import { remembered } from '../../../src/rows/store/store-cache.ts';
import type { TableView } from '../../../src/rows/store/view.ts';
import { userColumn, usersTable, viewUsers } from '../example-users.ts';

const username = userColumn('username');
const email = userColumn('email');
const status = userColumn('status');
const table = usersTable([username, email, status], [username]);

const count = 10_000;
let view: TableView;

beforeEach(async () => {
  const users = Array.from({ length: count }, (_, i) => {
    const name = `user-${String(i).padStart(5, '0')}`;
    const attributes = {
      email: `${(i * 7919) % count}@${i % 3 === 0 ? 'a' : 'b'}.test`,
      status: `s${i % 4}`,
    };
    return [name, attributes] as const;
  });
  view = await viewUsers(users, table);
});

const ofA = (): Filter => ({ kind: 'match', column: email, operator: 'like', pattern: '%@a.test' });
const hasStatus = (value: string): Filter => ({ kind: 'compare', column: status, operator: 'eq', value });
const ask = (query: Partial<RowQuery>) =>
  queryRows(
    view,
    {
      filter: undefined,
      order: [],
      page: { limit: 20, offset: 0, cursor: undefined, backward: false },
      wanted: { totalCount: true, pageInfo: false },
      ...query,
    },
    new Pace(),
  );
const rowsWhere = (holds: (row: number) => boolean) =>
  Array.from({ length: count }, (_, row) => row).filter(holds);

describe('the rows that match a filter', () => {
  test('are found once for equal filters, however they are written', async () => {
    const [first, second] = await Promise.all([
      matches(view, ofA(), new Pace()),
      matches(view, ofA(), new Pace()),
    ]);
    expect([...toArray(first)]).toEqual(rowsWhere((row) => row % 3 === 0));
    expect(toArray(second)).toBe(toArray(first));
    expect(toArray(await matches(view, ofA(), new Pace()))).toBe(toArray(first));
    expect(remembered(view.store).matches.entries).toBe(1);
  });

  test('are distinguished by column, operator and operand', async () => {
    const filters: Filter[] = [
      ofA(),
      { kind: 'match', column: email, operator: 'ilike', pattern: '%@a.test' },
      { kind: 'match', column: username, operator: 'like', pattern: '%@a.test' },
      { kind: 'match', column: email, operator: 'like', pattern: '%@b.test' },
      { kind: 'not', filter: ofA() },
      { kind: 'or', filters: [ofA(), hasStatus('s1')] },
      { kind: 'match', column: email, operator: 'like', pattern: null },
    ];
    const sizes = [];
    for (const filter of filters) sizes.push(toArray(await matches(view, filter, new Pace())).length);
    expect(sizes).toEqual([3334, 3334, 0, 6666, 6666, 5001, 0]);
    expect(remembered(view.store).matches.entries).toBe(filters.length);
  });

  test('are not cached if they depend on claims, except for the conditions that do not', async () => {
    const claim: Filter = { kind: 'match', column: username, operator: 'like', pattern: '%7' };
    const filter: Filter = { kind: 'and', filters: [{ kind: 'personal', filter: claim }, ofA()] };
    const found = await matches(view, filter, new Pace());
    expect([...toArray(found)]).toEqual(rowsWhere((row) => row % 3 === 0 && row % 10 === 7));
    expect(remembered(view.store).matches.entries).toBe(1);
    expect(toArray(await matches(view, filter, new Pace()))).not.toBe(toArray(found));
  });

  test('are known of a value that few rows differ in, without a search', async () => {
    const found = await matches(view, hasStatus('s1'), new Pace());
    expect([...toArray(found)]).toEqual(rowsWhere((row) => row % 4 === 1));
    expect(toArray(await matches(view, hasStatus('none'), new Pace()))).toHaveLength(0);
    expect(remembered(view.store)).toMatchObject({ valueRows: { entries: 1 }, matches: { entries: 0 } });
  });

  test('are looked up in an index if a column is filtered a second time', async () => {
    const byEmail = (value: string): Filter => ({ kind: 'compare', column: email, operator: 'eq', value });
    expect(toArray(await matches(view, byEmail('0@a.test'), new Pace()))).toHaveLength(1);
    expect(remembered(view.store).rowIndexes.entries).toBe(0);
    expect(toArray(await matches(view, byEmail('7919@b.test'), new Pace()))).toEqual(Uint32Array.of(1));
    expect(remembered(view.store).rowIndexes.entries).toBe(1);
  });
});

describe('the rows within a range', () => {
  const within = (from: string, to: string): Filter => ({
    kind: 'and',
    filters: [
      { kind: 'compare', column: email, operator: 'gte', value: from },
      { kind: 'compare', column: email, operator: 'lt', value: to },
    ],
  });
  const emailOf = (row: number) => view.store.attribute(row, 'email') ?? '';

  test("are looked for in the column's order once that is known, which is found out behind the requests", async () => {
    for (const [from, to] of [
      ['100', '102'],
      ['200', '202'],
    ] as const) {
      await matches(view, within(from, to), new Pace());
    }
    await expect.poll(() => remembered(view.store).orders.entries).toBe(1);
    const before = remembered(view.store).matches.entries;
    for (const [from, to] of [
      ['300', '302'],
      ['302', '300'],
      ['99', 'zz'],
      ['', '1000'],
    ] as const) {
      const found = toArray(await matches(view, within(from, to), new Pace()));
      expect([...found]).toEqual(rowsWhere((row) => emailOf(row) >= from && emailOf(row) < to));
    }
    expect(remembered(view.store).matches.entries).toBe(before);
  });

  test('are found among all rows if there are many', async () => {
    for (let time = 0; time < 3; time++) {
      const found = toArray(await matches(view, within('1', `5${time}`), new Pace()));
      expect([...found]).toEqual(rowsWhere((row) => emailOf(row) >= '1' && emailOf(row) < `5${time}`));
    }
  });
});

describe('a page of matches', () => {
  test('needs no search if the rows are known, at any offset', async () => {
    await ask({ filter: ofA() });
    const page = { limit: 3, offset: 1000, cursor: undefined, backward: false };
    expect(await ask({ filter: ofA(), page })).toMatchObject({ rows: [3000, 3003, 3006], totalCount: 3334 });
    expect(remembered(view.store).matches.entries).toBe(1);
  });

  test('without a count searches no further than necessary, and all rows when it is repeated', async () => {
    const query = { filter: ofA(), wanted: { totalCount: false, pageInfo: false } };
    const first = await ask(query);
    expect(remembered(view.store).matches.entries).toBe(0);
    expect((await ask(query)).rows).toEqual(first.rows);
    expect(remembered(view.store).matches.entries).toBe(1);
  });

  test('in another order is sorted once it is repeated', async () => {
    const query = { filter: ofA(), order: [{ column: email, direction: 'desc', nulls: 'last' }] as const };
    const pages = [await ask(query), await ask(query), await ask(query)];
    expect(new Set(pages.map(({ rows }) => rows.join()))).toHaveLength(1);
    // The order of all rows, and that of those which match.
    expect(remembered(view.store).orders.entries).toBeGreaterThan(0);
  });
});
