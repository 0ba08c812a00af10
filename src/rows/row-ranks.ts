import type { NumberColumn, TextColumn } from '../columns/column.ts';
import { type Pace, paced } from '../columns/pace.ts';
import { sorted } from '../columns/sort.ts';
import { compareLocated } from './text-predicate.ts';

/** The rank of each row's value, for a column that is not ranked as stored. */
export interface RowRanks {
  /** Per row 0 where NULL, else the rank of its value, from 1; equal values share one. */
  readonly codes: Uint32Array;
  /** One row for each rank: that of rank `i` is at `i - 1`. */
  readonly examples: Uint32Array;
}

/** Ranks the rows of a column of text by their UTF-8. */
export async function rankText(column: TextColumn, pace: Pace): Promise<RowRanks> {
  const rows: number[] = [];
  await paced(column.length, pace, (row) => {
    if (!column.isNull(row)) rows.push(row);
  });
  const skip = await commonPrefix(column, rows, pace);
  const keys = new Float64Array(rows.length);
  await paced(rows.length, pace, (i) => {
    keys[i] = column.locate(rows[i] ?? 0) ? prefixNumber(column, skip) : 0;
  });
  const compare = textComparer(column);
  const compareTied = (a: number, b: number) => compare(rows[a] ?? 0, rows[b] ?? 0);
  return rankSorted(column.length, rows, keys, compareTied, pace);
}

/** Ranks the rows of a column of numbers. */
export async function rankNumbers({ values }: NumberColumn, pace: Pace): Promise<RowRanks> {
  const rows: number[] = [];
  await paced(values.length, pace, (row) => {
    if (!Number.isNaN(values[row])) rows.push(row);
  });
  const keys = Float64Array.from(rows, (row) => values[row] ?? 0);
  return rankSorted(values.length, rows, keys, () => 0, pace);
}

async function rankSorted(
  rowCount: number,
  rows: readonly number[],
  keys: Float64Array,
  compareTied: (a: number, b: number) => number,
  pace: Pace,
): Promise<RowRanks> {
  const order = await sorted({ count: rows.length, keys, compareTied }, pace);
  const codes = new Uint32Array(rowCount);
  const examples = new Uint32Array(rows.length);
  let highest = 0;
  await paced(order.length, pace, (i) => {
    const item = order[i] ?? 0;
    const last = order[i - 1] ?? 0;
    const isNew = i === 0 || keys[last] !== keys[item] || compareTied(last, item) !== 0;
    if (isNew) examples[highest++] = rows[item] ?? 0;
    codes[rows[item] ?? 0] = highest;
  });
  return { codes, examples: examples.subarray(0, highest) };
}

/** How many bytes a number holds exactly. */
const keyLength = 6;

/** The bytes from `skip` on as a number that orders texts by them. */
function prefixNumber({ bytes, start, end }: TextColumn, skip: number): number {
  let key = 0;
  for (let at = start + skip; at < start + skip + keyLength; at++) {
    key = key * 256 + (at < end ? (bytes[at] ?? 0) : 0);
  }
  return key;
}

/** How many bytes all texts begin with alike. */
async function commonPrefix(column: TextColumn, rows: readonly number[], pace: Pace): Promise<number> {
  const [first] = rows;
  const example = first === undefined ? undefined : copyText(column, first);
  if (!example) return 0;
  let length = example.length;
  await paced(rows.length, pace, (i) => {
    if (!column.locate(rows[i] ?? 0)) return;
    const { bytes, start, end } = column;
    let same = 0;
    while (same < length && start + same < end && bytes[start + same] === example[same]) same++;
    length = same;
  });
  return length;
}

/** The UTF-8 of a row; null where NULL. */
export function copyText(column: TextColumn, row: number): Uint8Array | null {
  // Not `slice`, which makes a view where the bytes are a Buffer.
  return column.locate(row) ? new Uint8Array(column.bytes.subarray(column.start, column.end)) : null;
}

/** Compares two rows that have values by their UTF-8. */
function textComparer(column: TextColumn): (a: number, b: number) => number {
  let scratch = new Uint8Array(64);
  return (a, b) => {
    column.locate(a);
    const length = column.end - column.start;
    if (length > scratch.length) scratch = new Uint8Array(2 * length);
    // Pointing at another row may overwrite what this one's bytes are in.
    for (let i = 0; i < length; i++) scratch[i] = column.bytes[column.start + i] ?? 0;
    column.locate(b);
    return -compareLocated(column, scratch, length);
  };
}
