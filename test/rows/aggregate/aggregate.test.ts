import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Pace } from '../../../src/columns/pace.ts';
import { isOrderable } from '../../../src/model/column-type.ts';
import type { Column } from '../../../src/model/model.ts';
import { aggregateRows } from '../../../src/rows/aggregate/aggregate.ts';
import { TableView } from '../../../src/rows/store/view.ts';
import type { JsonValue } from '../../../src/values/json-value.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { sampleFilters, toEngine, toSql } from '../sample-filter.ts';
import {
  createSample,
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

const numeric = ['int2', 'int4', 'int8', 'float4', 'float8', 'numeric'];
const withoutExtremes = ['bool', 'uuid', 'opaque'];
const added = sampleColumns.filter(({ type }) => numeric.includes(type.kind));
const compared = sampleColumns.filter(
  ({ type }) => isOrderable(type) && !withoutExtremes.includes(type.kind),
);

test('figures on rows are those of Postgres', { timeout: 60_000 }, async () => {
  const expressions = [
    ...added.map(({ name }) => `'sum ${name}', sum(${name} order by username)`),
    ...added.map(({ name }) => `'avg ${name}', avg(${name}::numeric)`),
    ...compared.map(({ name }) => `'min ${name}', min(${name}), 'max ${name}', max(${name})`),
  ];
  await fc.assert(
    fc.asyncProperty(sampleRows, sampleFilters, async (rows, filter) => {
      // An object may be built of a hundred arguments at once.
      const figures = chunk(expressions, 8).map((part) => `jsonb_build_object(${part.join(', ')})`);
      const { rows: answers } = await database.client.query<{ count: number; figures: string }>(
        `select count(*)::int as count, (${figures.join(' || ')})::text as figures
         from json_populate_recordset(null::sample, $1) where ${toSql(filter)}`,
        [JSON.stringify(rows.map(sqlRow))],
      );
      const view = new TableView(await sampleStore(rows), sampleTable(true));
      const asked = { filter: toEngine(filter), sum: added, avg: added, min: compared, max: compared };
      const { count, ...results } = await aggregateRows(view, asked, new Pace());
      const ours = Object.entries(results).flatMap(([name, values]) => entries(name, values));
      expect({ count, figures: Object.fromEntries(ours) }).toEqual({
        count: answers[0]?.count,
        figures: parseFigures(answers[0]?.figures ?? '{}'),
      });
    }),
    { numRuns: Number(process.env.AGGREGATE_RUNS ?? 200) },
  );
});

function entries(name: string, values: ReadonlyMap<Column, JsonValue>): [string, JsonValue][] {
  return [...values].map(([column, value]) => {
    // Of values that compare equal Postgres gives the last, here it is any of them.
    return [`${name} ${column.name}`, typeof value === 'string' ? canonical(value, column) : value];
  });
}

function canonical(text: string, { type }: Column): string {
  if (type.kind === 'citext') return text.toLowerCase();
  return type.kind === 'bpchar' ? text.replace(/ +$/, '') : text;
}

/** Postgres' answer as ours is written: numbers that a double may not hold as strings, except floats, which a double holds. */
function parseFigures(json: string): Record<string, JsonValue> {
  const exact = json.replace(
    /"((?:sum|avg|min|max) \w+)": (-?\d[\d.]*)/g,
    (all, name: string, digits: string) => {
      const isFloat = /^(sum|min|max) (ratio|score)$/.test(name);
      return isFloat || Math.abs(Number(digits)) <= Number.MAX_SAFE_INTEGER ? all : `"${name}": "${digits}"`;
    },
  );
  const figures: Record<string, JsonValue> = JSON.parse(exact);
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => {
      const column = sampleColumns.find((candidate) => name.endsWith(` ${candidate.name}`));
      return [name, column && typeof value === 'string' ? canonical(value, column) : value];
    }),
  );
}

function chunk<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

test('figures on no rows are null, and their count is 0', async () => {
  const view = new TableView(await sampleStore([]), sampleTable(true));
  const [column] = added;
  if (!column) throw new Error('there must be a number');
  const asked = { filter: undefined, sum: [column], avg: [column], min: [column], max: [column] };
  expect(await aggregateRows(view, asked, new Pace())).toEqual({
    count: 0,
    sum: new Map([[column, null]]),
    avg: new Map([[column, null]]),
    min: new Map([[column, null]]),
    max: new Map([[column, null]]),
  });
});
