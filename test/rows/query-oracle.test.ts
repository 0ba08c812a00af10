import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Pace } from '../../src/columns/pace.ts';
import { isOrderable } from '../../src/model/column-type.ts';
import type { Filter } from '../../src/rows/filter/filter.ts';
import { decodeCursor, encodeCursor } from '../../src/rows/page/cursor-and-node-id.ts';
import { CursorSeal } from '../../src/rows/page/cursor-seal.ts';
import { type OrderKey, queryRows } from '../../src/rows/query.ts';
import type { RowStore } from '../../src/rows/store/row-store.ts';
import { TableView } from '../../src/rows/store/view.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { columnNamed, literal, type SampleFilter, sampleFilters, toEngine, toSql } from './sample-filter.ts';
import {
  createSample,
  type SampleRow,
  sampleColumns,
  sampleRow,
  sampleRows,
  sampleStore,
  sampleTable,
  sqlRow,
} from './sample-table.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase(createSample);
});

afterAll(() => database.drop());

interface SampleKey {
  readonly column: string;
  readonly direction: 'asc' | 'desc';
  readonly nulls: 'first' | 'last';
}

interface SampleQuery {
  readonly filter: SampleFilter | undefined;
  /** What the caller may see, by claims. */
  readonly policy: SampleFilter | undefined;
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
  policy: fc.option(sampleFilters, { nil: undefined, freq: 1 }),
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

test('queries of small tables answer as Postgres does', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      sampleRows,
      fc.array(queries, { minLength: 1, maxLength: 12, size: 'max' }),
      async (rows, asked) => {
        const store = await sampleStore(rows);
        const source = {
          store,
          sql: 'json_populate_recordset(null::sample, $1)',
          parameters: [JSON.stringify(rows.map(sqlRow))],
        };
        for (const query of asked) {
          const expected = await expectedPage(source, query);
          expect({ query, page: await actualPage(store, query) }).toEqual({ query, page: expected });
        }
      },
    ),
    { numRuns: Number(process.env.QUERY_RUNS ?? 400) },
  );
});

test('queries of large tables, which go other ways, answer as Postgres does', {
  timeout: 300_000,
}, async () => {
  const rows = fc.sample(sampleRow, { numRuns: 400, seed: 1 });
  const repeated = Array.from({ length: 25_000 }, (_, i): SampleRow => {
    const row = rows[(i * 7919) % rows.length];
    if (!row) throw new Error('there must be rows');
    return { ...row, username: `${row.username}-${i}` };
  });
  await database.client.query(
    'create temporary table large as select * from json_populate_recordset(null::sample, $1)',
    [JSON.stringify(repeated.map(sqlRow))],
  );
  const source = { store: await sampleStore(repeated), sql: 'large', parameters: [] };
  const largeQueries = fc
    .tuple(queries, fc.nat(30_000), fc.constantFrom(1, 500, 2000))
    .map(([query, place, factor]) => ({
      ...query,
      cursor: query.cursor === undefined ? undefined : place,
      // Of so many rows a list of a few is hardly ever of interest.
      candidates: factor === 1 ? query.candidates : undefined,
      offset: query.offset * factor,
    }));
  await fc.assert(
    fc.asyncProperty(largeQueries, async (query) => {
      const expected = await expectedPage(source, query);
      // What is asked for again is answered from what is remembered.
      for (const time of ['first', 'second', 'third']) {
        const page = await actualPage(source.store, query);
        expect({ query, time, page }).toEqual({ query, time, page: expected });
      }
    }),
    { numRuns: Number(process.env.LARGE_RUNS ?? 100) },
  );
});

/** The same rows on both sides. */
interface Source {
  readonly store: RowStore;
  /** What SQL calls the rows. */
  readonly sql: string;
  readonly parameters: readonly string[];
}

interface Page {
  readonly usernames: readonly (string | null)[];
  readonly totalCount: number | undefined;
  readonly hasNextPage: boolean | undefined;
  readonly hasPreviousPage: boolean | undefined;
}

async function actualPage(store: RowStore, query: SampleQuery): Promise<Page> {
  const view = new TableView(store, sampleTable(query.hasKey), new CursorSeal());
  const order = engineOrder(query);
  const { limit, offset, backward, wanted } = query;
  const row = cursorRow(store, query);
  const page = await queryRows(
    view,
    {
      filter: engineFilter(query),
      order,
      page: {
        limit,
        offset,
        backward,
        cursor:
          row === undefined
            ? undefined
            : decodeCursor(order, encodeCursor(view, order, row), query.hasKey ? undefined : view.seal),
      },
      wanted,
      candidates: candidateRows(store, query),
    },
    new Pace(),
  );
  return {
    usernames: page.rows.map((row) => store.identity.get(row)),
    totalCount: wanted.totalCount ? page.totalCount : undefined,
    hasNextPage: wanted.pageInfo ? page.hasNextPage : undefined,
    hasPreviousPage: wanted.pageInfo ? page.hasPreviousPage : undefined,
  };
}

function engineFilter({ filter, policy }: SampleQuery): Filter | undefined {
  const asked = filter && toEngine(filter);
  if (!policy) return asked;
  const personal: Filter = { kind: 'personal', filter: toEngine(policy) };
  return asked ? { kind: 'and', filters: [personal, asked] } : personal;
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
async function expectedPage({ store, sql, parameters }: Source, query: SampleQuery): Promise<Page> {
  const { filter, policy, limit, offset, backward, wanted } = query;
  const order = [...query.order, key];
  const row = cursorRow(store, query);
  const candidates = candidateRows(store, query);
  const among = candidates
    ? `username = any (array[${candidates.map((row) => literal(store.identity.get(row))).join(', ')}]::text[])`
    : 'true';
  const { rows } = await database.client.query<{ username: string; before: boolean; after: boolean }>(
    `with rows as (select * from ${sql}),
       cursor as materialized (select * from rows where username = ${literal(row === undefined ? null : store.identity.get(row))})
     select rows.username,
       coalesce((select ${standsBeyond(order, 'before')} from cursor), true) as before,
       coalesce((select ${standsBeyond(order, 'after')} from cursor), true) as after
     from rows
     where ${among} and ${filter ? toSql(filter) : 'true'} and ${policy ? toSql(policy) : 'true'}
     order by ${order.map(({ column, direction, nulls }) => `rows.${column} ${direction} nulls ${nulls}`).join(', ')}`,
    [...parameters],
  );
  const all = rows.map(({ username }) => username);
  const left = rows
    .filter(({ before, after }) => (backward ? before : after))
    .map(({ username }) => username);
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

/** SQL for whether a row stands before or after the cursor's in an order. */
function standsBeyond([first, ...others]: readonly SampleKey[], side: 'before' | 'after'): string {
  if (!first) return 'false';
  const { column, direction, nulls } = first;
  const [own, its] = [`rows.${column}`, `cursor.${column}`];
  const ahead = (direction === 'asc') === (side === 'after') ? '>' : '<';
  const nullsAreBeyond = (nulls === 'last') === (side === 'after');
  const isBeyond = `case when ${own} is null then ${its} is not null and ${nullsAreBeyond}
    when ${its} is null then ${!nullsAreBeyond} else ${own} ${ahead} ${its} end`;
  const isSame = `case when ${own} is null or ${its} is null then ${own} is null and ${its} is null else ${own} = ${its} end`;
  return `(${isBeyond} or (${isSame} and ${standsBeyond(others, side)}))`;
}
