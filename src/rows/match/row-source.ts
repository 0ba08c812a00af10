/** Some rows of a store, in ascending order. */
export type RowSource =
  | { readonly kind: 'range'; readonly from: number; readonly to: number }
  | { readonly kind: 'rows'; readonly rows: Uint32Array };

/** No rows. */
export const noRows: RowSource = { kind: 'range', from: 0, to: 0 };

/** The number of rows. */
export function sizeOf(source: RowSource): number {
  return source.kind === 'range' ? source.to - source.from : source.rows.length;
}

/** The row at an index. */
export function rowAt(source: RowSource, index: number): number {
  return source.kind === 'range' ? source.from + index : (source.rows[index] ?? 0);
}

/** Copies `count` rows from the `first` on to a block. */
export function copyRows(source: RowSource, first: number, count: number, block: Uint32Array): void {
  if (source.kind === 'rows') block.set(source.rows.subarray(first, first + count));
  else for (let i = 0; i < count; i++) block[i] = source.from + first + i;
}

/** All rows as an array. */
export function toArray(source: RowSource): Uint32Array {
  if (source.kind === 'rows') return source.rows;
  const rows = new Uint32Array(sizeOf(source));
  copyRows(source, 0, rows.length, rows);
  return rows;
}

/** The rows of a list, in any order. */
export function fromList(rows: readonly number[]): RowSource {
  return { kind: 'rows', rows: Uint32Array.from(rows).sort() };
}

/** Splits the rows at the first for which a condition fails. It must fail for all rows after that. */
export function splitSource(
  source: RowSource,
  holds: (row: number) => boolean,
): readonly [before: RowSource, after: RowSource] {
  const count = countWhile(sizeOf(source), (i) => holds(rowAt(source, i)));
  if (source.kind === 'range') {
    const at = source.from + count;
    return [
      { ...source, to: at },
      { ...source, from: at },
    ];
  }
  return [
    { kind: 'rows', rows: source.rows.subarray(0, count) },
    { kind: 'rows', rows: source.rows.subarray(count) },
  ];
}

/** The number of leading indexes, of `count`, for which a condition holds. It must fail for all after the first failure. */
export function countWhile(count: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
