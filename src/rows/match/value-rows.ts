import type { RankedColumn } from '../../columns/column.ts';
import { type Pace, paced } from '../../columns/pace.ts';
import type { ValueRows } from '../store/store-cache.ts';

/** Groups the rows of a ranked column by value. */
export async function groupByValue({ codes, values }: RankedColumn, pace: Pace): Promise<ValueRows> {
  const starts = new Uint32Array(values.length + 2);
  await paced(codes.length, pace, (row) => {
    const next = (codes[row] ?? 0) + 1;
    starts[next] = (starts[next] ?? 0) + 1;
  });
  for (let code = 1; code < starts.length; code++) {
    starts[code] = (starts[code] ?? 0) + (starts[code - 1] ?? 0);
  }
  const ends = starts.slice();
  const rows = new Uint32Array(codes.length);
  await paced(codes.length, pace, (row) => {
    const code = codes[row] ?? 0;
    const end = ends[code] ?? 0;
    rows[end] = row;
    ends[code] = end + 1;
  });
  return { starts, rows };
}

/** The rows of one code, ascending. */
export function rowsOfCode({ starts, rows }: ValueRows, code: number): Uint32Array {
  return rows.subarray(starts[code], starts[code + 1]);
}
