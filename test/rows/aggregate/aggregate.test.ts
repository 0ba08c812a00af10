import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Pace } from '../../../src/columns/pace.ts';
import { isOrderable } from '../../../src/model/column-type.ts';
import type { Column } from '../../../src/model/model.ts';
import { aggregateRows } from '../../../src/rows/aggregate/aggregate.ts';
import type { Figure } from '../../../src/rows/aggregate/figure.ts';
import { CursorSeal } from '../../../src/rows/page/cursor-seal.ts';
import { TableView } from '../../../src/rows/store/view.ts';
import { ExactNumber } from '../../../src/values/number/exact-number.ts';
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
      const view = new TableView(await sampleStore(rows), sampleTable(true), new CursorSeal());
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

function entries(name: string, values: ReadonlyMap<Column, Figure>): [string, Shown][] {
  return [...values].map(([column, figure]) => [`${name} ${column.name}`, show(figure, column)]);
}

/** A figure, in which numbers can be told apart by all of their digits. */
type Shown = string | { readonly digits: string } | { readonly fault: string } | null;

function show(figure: Figure, column: Column): Shown {
  if (!figure.ok) return { fault: figure.error };
  const { value } = figure;
  if (value instanceof ExactNumber) return { digits: canonical(value.digits, column) };
  if (typeof value === 'number') return { digits: JSON.stringify(value) };
  // Of values that compare equal Postgres gives the last, here it is any of them.
  return value === null ? null : canonical(String(value), column);
}

function canonical(text: string, { type }: Column): string {
  if (type.kind === 'citext') return text.toLowerCase();
  if (type.kind === 'numeric') return text.replace(/(?<=\..*)\.?0+$/, '').replace(/\.0*$/, '');
  return type.kind === 'bpchar' ? text.replace(/ +$/, '') : text;
}

/** Postgres' answer as ours is shown: floats that JSON has no number for are faults here. */
function parseFigures(json: string): Record<string, Shown> {
  const exact = json.replace(/"((?:sum|avg|min|max) \w+)": (-?\d[\d.]*)/g, '"$1": {"digits": "$2"}');
  const figures: Record<string, Shown> = JSON.parse(exact);
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => {
      const column = sampleColumns.find((candidate) => name.endsWith(` ${candidate.name}`));
      if (column && typeof value === 'object' && value !== null && 'digits' in value) {
        return [name, { digits: canonical(value.digits, column) }];
      }
      if (!column || typeof value !== 'string') return [name, value];
      const isFloat = /^(sum|min|max) (ratio|score)$/.test(name);
      return [name, isFloat ? { fault: `JSON has no number for ${value}` } : canonical(value, column)];
    }),
  );
}

function chunk<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

test('figures on no rows are null, and their count is 0', async () => {
  const view = new TableView(await sampleStore([]), sampleTable(true), new CursorSeal());
  const [column] = added;
  if (!column) throw new Error('there must be a number');
  const asked = { filter: undefined, sum: [column], avg: [column], min: [column], max: [column] };
  expect(await aggregateRows(view, asked, new Pace())).toEqual({
    count: 0,
    sum: new Map([[column, { ok: true, value: null }]]),
    avg: new Map([[column, { ok: true, value: null }]]),
    min: new Map([[column, { ok: true, value: null }]]),
    max: new Map([[column, { ok: true, value: null }]]),
  });
});

test('numbers have all their digits, and those of the rows that match', async () => {
  const [big, balance] = ['big', 'balance'].map((name) => sampleColumns.find((one) => one.name === name));
  if (!big || !balance) throw new Error('there must be columns of big numbers');
  const attributes = [
    { big: '9007199254740993', balance: '-45954730597688541206' },
    { big: '9007199254740993', balance: '12345678901234567890.10' },
    { big: '1', balance: '12345678901234567890.1' },
    { big: '1', balance: 'NaN' },
  ];
  const rows = attributes.map((own, i) => ({
    username: `${i}`,
    enabled: true,
    created_at: 0,
    attributes: own,
  }));
  const view = new TableView(await sampleStore(rows), sampleTable(true), new CursorSeal());
  const figuresOf = async (candidates: readonly number[]) => {
    const asked = { filter: undefined, candidates, sum: [big], avg: [], min: [balance], max: [balance] };
    const { sum, min, max } = await aggregateRows(view, asked, new Pace());
    return [sum.get(big), min.get(balance), max.get(balance)];
  };
  const exact = (digits: string) => ({ ok: true, value: new ExactNumber(digits) });
  expect(await figuresOf([0, 1])).toEqual([
    exact('18014398509481986'),
    exact('-45954730597688541206'),
    exact('12345678901234567890.10'),
  ]);
  expect(await figuresOf([2])).toEqual([
    { ok: true, value: 1 },
    exact('12345678901234567890.1'),
    exact('12345678901234567890.1'),
  ]);
  expect((await figuresOf([1, 3])).at(-1)).toEqual({ ok: true, value: 'NaN' });
});

test('a sum of floats that overflows is a fault, as it is in Postgres', async () => {
  const score = sampleColumns.find(({ name }) => name === 'score');
  if (!score) throw new Error('there must be a column score');
  const row = { enabled: true, created_at: 0, attributes: { score: '1e308' } };
  const rows = ['a', 'b'].map((username) => ({ ...row, username }));
  const view = new TableView(await sampleStore(rows), sampleTable(true), new CursorSeal());
  const asked = { filter: undefined, sum: [score], avg: [score], min: [score], max: [score] };
  const { sum, max } = await aggregateRows(view, asked, new Pace());
  expect(sum.get(score)).toEqual({ ok: false, error: 'JSON has no number for Infinity' });
  expect(max.get(score)).toEqual({ ok: true, value: new ExactNumber(`1${'0'.repeat(308)}`) });
});
