import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Pace } from '../../../src/columns/pace.ts';
import { CursorSeal } from '../../../src/rows/page/cursor-seal.ts';
import { findRows } from '../../../src/rows/query.ts';
import { TableView } from '../../../src/rows/store/view.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { columnNamed, literal, toValue } from '../sample-filter.ts';
import {
  createSample,
  type SampleColumn,
  type SampleRow,
  sampleColumns,
  sampleRows,
  sampleStore,
  sampleTable,
  sqlRow,
} from '../sample-table.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase(createSample);
});

afterAll(() => database.drop());

/** Some columns, and keys of texts for them. */
const lookups = fc
  .uniqueArray(fc.constantFrom(...sampleColumns), {
    minLength: 1,
    maxLength: 3,
    selector: ({ name }) => name,
  })
  .chain((columns) =>
    fc.record({
      columns: fc.constant(columns.map(({ name }) => name)),
      keys: fc.array(fc.tuple(...columns.map(({ texts }) => fc.option(texts, { freq: 10 }))), {
        maxLength: 8,
      }),
    }),
  );

test('the rows of each key are those that SQL calls equal', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(sampleRows, lookups, async (rows, { columns: names, keys }) => {
      const columns = names.map(columnNamed);
      const store = await sampleStore(rows);
      // Random keys hit few rows of distinct values, so those of some rows are looked for, too.
      const own = rows.slice(0, 3).map((row) => names.map((name) => sqlRow(row)[name] ?? null));
      const asked = [...keys, ...own];
      const found = await findRows(
        new TableView(store, sampleTable(true), new CursorSeal()),
        columns,
        asked.map((key) => columns.map((column, i) => toValue(column, key[i] ?? null))),
        new Pace(),
      );
      for (const [i, key] of asked.entries()) {
        const usernames = found[i]?.map((row) => store.identity.get(row));
        expect({ key, usernames }).toEqual({ key, usernames: await findByPostgres(rows, columns, key) });
      }
    }),
    { numRuns: Number(process.env.FIND_RUNS ?? 150) },
  );
});

async function findByPostgres(
  rows: readonly SampleRow[],
  columns: readonly SampleColumn[],
  key: readonly (string | null)[],
): Promise<readonly string[]> {
  const equalities = columns.map(
    ({ name, sqlType }, i) => `${name} = ${literal(key[i] ?? null)}::${sqlType}`,
  );
  const { rows: found } = await database.client.query<{ username: string }>(
    `select username from json_populate_recordset(null::sample, $1)
     where ${equalities.join(' and ')} order by username`,
    [JSON.stringify(rows.map(sqlRow))],
  );
  return found.map(({ username }) => username);
}

describe('looking rows up by key', () => {
  const rows = ['b', 'a', 'c'].map(
    (username, i): SampleRow => ({
      username,
      enabled: null,
      created_at: null,
      attributes: { tag: i < 2 ? 'x' : 'y' },
    }),
  );

  test('answers every key in its place, even if it is repeated', async () => {
    const view = new TableView(await sampleStore(rows), sampleTable(true), new CursorSeal());
    const found = await findRows(
      view,
      [columnNamed('tag')],
      [['x'], ['none'], ['y'], ['x'], [null]],
      new Pace(),
    );
    expect(found).toEqual([[0, 1], [], [2], [0, 1], []]);
  });

  test('by the identity needs no index', async () => {
    const view = new TableView(await sampleStore(rows), sampleTable(true), new CursorSeal());
    const found = await findRows(view, [columnNamed('username')], [['c'], ['bb'], [null], ['a']], new Pace());
    expect(found).toEqual([[2], [], [], [0]]);
  });
});

test('equal keys share the list of their rows, which may be as long as the table', async () => {
  const rows = fc.sample(sampleRows, { numRuns: 50, seed: 1 }).flat();
  const distinct = [...new Map(rows.map((row) => [sqlRow(row).username, row])).values()];
  const active = columnNamed('active');
  const view = new TableView(await sampleStore(distinct), sampleTable(true), new CursorSeal());
  const keys = Array(500).fill([toValue(active, 'true')]);
  const found = await findRows(view, [active], keys, new Pace({ sliceMs: 0 }));
  expect(found).toHaveLength(500);
  expect(found[0]?.length).toBeGreaterThan(1);
  expect(new Set(found).size).toBe(1);
});
