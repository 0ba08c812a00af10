import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isOrderable } from '../../src/model/column-type.ts';
import { decodeCursor, encodeCursor } from '../../src/rows/cursor.ts';
import { type OrderKey, queryRows } from '../../src/rows/query.ts';
import type { RowStore } from '../../src/rows/row-store.ts';
import { TableView } from '../../src/rows/view.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { columnNamed, literal, type SampleFilter, sampleFilters, toEngine, toSql } from './sample-filter.ts';
import {
  type SampleRow,
  sampleColumns,
  sampleRows,
  sampleStore,
  sampleTable,
  sampleTypes,
  sqlRow,
} from './sample-table.ts';

let database: TestDatabase;

beforeAll(async () => {
  const columns = sampleColumns.map(({ name, sqlType }) => `${name} ${sqlType}`).join(', ');
  database = await createDatabase(`${sampleTypes} create table sample (${columns});`);
});

afterAll(() => database.drop());

interface SampleKey {
  readonly column: string;
  readonly direction: 'asc' | 'desc';
  readonly nulls: 'first' | 'last';
}

interface SampleQuery {
  readonly filter: SampleFilter | undefined;
  readonly order: readonly SampleKey[];
  /** Whether the key ends the order; else the table has none, and identity breaks ties. */
  readonly hasKey: boolean;
  readonly limit: number;
  readonly offset: number;
  readonly backward: boolean;
  /** The place among all rows of the one that the cursor names, which may be one that the filter hides. */
  readonly cursor: number | undefined;
  /** The rows to choose from, by place. */
  readonly candidates: readonly number[] | undefined;
  readonly wanted: { readonly totalCount: boolean; readonly pageInfo: boolean };
}

const orderable = sampleColumns.filter(({ type }) => isOrderable(type)).map(({ name }) => name);

const queries: fc.Arbitrary<SampleQuery> = fc.record({
  filter: fc.option(sampleFilters, { nil: undefined }),
  order: fc.array(
    fc.record({
      column: fc.constantFrom(...orderable),
      direction: fc.constantFrom('asc', 'desc'),
      nulls: fc.constantFrom('first', 'last'),
    }),
    { maxLength: 3 },
  ),
  hasKey: fc.boolean(),
  limit: fc.nat(8),
  offset: fc.oneof(fc.constant(0), fc.nat(10)),
  backward: fc.boolean(),
  cursor: fc.option(fc.nat(40), { nil: undefined }),
  candidates: fc.option(fc.uniqueArray(fc.nat(40)), { nil: undefined, freq: 4 }),
  wanted: fc.record({ totalCount: fc.boolean(), pageInfo: fc.boolean() }),
});

const key: SampleKey = { column: 'username', direction: 'asc', nulls: 'last' };

test('queries answer as Postgres does', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      sampleRows,
      fc.array(queries, { minLength: 1, maxLength: 12, size: 'max' }),
      async (rows, asked) => {
        const store = await sampleStore(rows);
        for (const query of asked) {
          const expected = await expectedPage(rows, store, query);
          expect({ query, page: await actualPage(store, query) }).toEqual({ query, page: expected });
        }
      },
    ),
    { numRuns: Number(process.env.QUERY_RUNS ?? 400) },
  );
});

interface Page {
  readonly usernames: readonly (string | null)[];
  readonly totalCount: number | undefined;
  readonly hasNextPage: boolean | undefined;
  readonly hasPreviousPage: boolean | undefined;
}

async function actualPage(store: RowStore, query: SampleQuery): Promise<Page> {
  const view = new TableView(store, sampleTable(query.hasKey));
  const order = engineOrder(query);
  const { filter, limit, offset, backward, wanted } = query;
  const row = cursorRow(store, query);
  const page = await queryRows(view, {
    filter: filter && toEngine(filter),
    order,
    page: {
      limit,
      offset,
      backward,
      cursor:
        row === undefined ? undefined : decodeCursor(order, encodeCursor(view, order, row), !query.hasKey),
    },
    wanted,
    candidates: candidateRows(store, query),
  });
  return {
    usernames: page.rows.map((row) => store.identity.get(row)),
    totalCount: wanted.totalCount ? page.totalCount : undefined,
    hasNextPage: wanted.pageInfo ? page.hasNextPage : undefined,
    hasPreviousPage: wanted.pageInfo ? page.hasPreviousPage : undefined,
  };
}

function engineOrder({ order, hasKey }: SampleQuery): readonly OrderKey[] {
  return [...order, ...(hasKey ? [key] : [])].map((part) => ({ ...part, column: columnNamed(part.column) }));
}

function cursorRow({ rowCount }: RowStore, { cursor }: SampleQuery): number | undefined {
  return cursor === undefined || rowCount === 0 ? undefined : cursor % rowCount;
}

function candidateRows({ rowCount }: RowStore, { candidates }: SampleQuery): readonly number[] | undefined {
  return candidates?.filter((row) => row < rowCount);
}

/** What the page must hold, from all matching rows in order and whether each stands before or after the cursor. */
async function expectedPage(rows: readonly SampleRow[], store: RowStore, query: SampleQuery): Promise<Page> {
  const { filter, limit, offset, backward, wanted } = query;
  const order = [...query.order, key];
  const row = cursorRow(store, query);
  const at = rows
    .map(sqlRow)
    .find(({ username }) => row !== undefined && username === store.identity.get(row));
  const candidates = candidateRows(store, query);
  const among = candidates
    ? `username = any (array[${candidates.map((row) => literal(store.identity.get(row))).join(', ')}]::text[])`
    : 'true';
  const matching = await database.client.query<{ username: string; before: boolean; after: boolean }>(
    `select username, ${at ? standsBeyond(order, at, 'before') : 'true'} as before,
       ${at ? standsBeyond(order, at, 'after') : 'true'} as after
     from json_populate_recordset(null::sample, $1)
     where ${among} and ${filter ? toSql(filter) : 'true'}
     order by ${order.map(({ column, direction, nulls }) => `${column} ${direction} nulls ${nulls}`).join(', ')}`,
    [JSON.stringify(rows.map(sqlRow))],
  );
  const all = matching.rows.map(({ username }) => username);
  const beyond = matching.rows.filter(({ before, after }) => (backward ? before : after));
  const left = beyond.map(({ username }) => username);
  const rest = backward ? left.slice(0, Math.max(0, left.length - offset)) : left.slice(offset);
  const usernames = backward ? rest.slice(Math.max(0, rest.length - limit)) : rest.slice(0, limit);
  const leavesSome = rest.length > limit;
  const lacks = (username: string | undefined) =>
    usernames.length > 0 && username !== undefined && !usernames.includes(username);
  return {
    usernames,
    totalCount: wanted.totalCount ? all.length : undefined,
    hasNextPage: wanted.pageInfo ? (backward ? lacks(all.at(-1)) : leavesSome) : undefined,
    hasPreviousPage: wanted.pageInfo ? (backward ? leavesSome : lacks(all[0])) : undefined,
  };
}

/** SQL for whether a row stands before or after another one in an order. */
function standsBeyond(
  [first, ...others]: readonly SampleKey[],
  at: Readonly<Record<string, string | null>>,
  side: 'before' | 'after',
): string {
  if (!first) return 'false';
  const { column, direction, nulls } = first;
  const value = `${literal(at[column] ?? null)}::${columnNamed(column).sqlType}`;
  const nullsAreBeyond = (nulls === 'last') === (side === 'after');
  const ahead = (direction === 'asc') === (side === 'after') ? '>' : '<';
  const isNull = (at[column] ?? null) === null;
  const beyond = isNull
    ? nullsAreBeyond
      ? 'false'
      : `${column} is not null`
    : `coalesce(${column} ${ahead} ${value}, ${nullsAreBeyond})`;
  const same = isNull ? `${column} is null` : `coalesce(${column} = ${value}, false)`;
  return `(${beyond} or (${same} and ${standsBeyond(others, at, side)}))`;
}
