import type { NumberColumn, TextColumn } from '../../columns/column.ts';
import { type Pace, paced } from '../../columns/pace.ts';
import { sorted } from '../../columns/sort.ts';
import type { RowRanks } from '../store/store-cache.ts';
import { sortByText, textComparer } from './text-sort.ts';

/** Ranks the rows of a text column by their UTF-8 bytes. */
export async function rankText(column: TextColumn, pace: Pace): Promise<RowRanks> {
  const rows = await rowsWhere(column.length, (row) => !column.isNull(row), pace);
  await sortByText(column, rows, pace);
  const compare = textComparer(column);
  return rankSorted(column.length, rows, (a, b) => compare(a, b) === 0, pace);
}

/** Ranks the rows of a number column. */
export async function rankNumbers({ values }: NumberColumn, pace: Pace): Promise<RowRanks> {
  const rows = await rowsWhere(values.length, (row) => !Number.isNaN(values[row]), pace);
  const keys = new Float64Array(rows.length);
  await paced(rows.length, pace, (i) => {
    keys[i] = values[rows[i] ?? 0] ?? 0;
  });
  const order = await sorted({ count: rows.length, keys, compareTied: () => 0 }, pace);
  const ascending = new Uint32Array(order.length);
  await paced(order.length, pace, (i) => {
    ascending[i] = rows[order[i] ?? 0] ?? 0;
  });
  return rankSorted(values.length, ascending, (a, b) => values[a] === values[b], pace);
}

async function rowsWhere(
  rowCount: number,
  holds: (row: number) => boolean,
  pace: Pace,
): Promise<Uint32Array> {
  const rows = new Uint32Array(rowCount);
  let count = 0;
  await paced(rowCount, pace, (row) => {
    if (holds(row)) rows[count++] = row;
  });
  return rows.subarray(0, count);
}

async function rankSorted(
  rowCount: number,
  rows: Uint32Array,
  isEqual: (rowA: number, rowB: number) => boolean,
  pace: Pace,
): Promise<RowRanks> {
  const codes = new Uint32Array(rowCount);
  const examples = new Uint32Array(rows.length);
  let highest = 0;
  await paced(rows.length, pace, (i) => {
    const row = rows[i] ?? 0;
    if (i === 0 || !isEqual(rows[i - 1] ?? 0, row)) examples[highest++] = row;
    codes[row] = highest;
  });
  return { codes, examples: examples.slice(0, highest) };
}
