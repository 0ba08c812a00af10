/** The rows that a query chooses from, in ascending order. */
export type RowSource =
  | { readonly kind: 'range'; readonly from: number; readonly to: number }
  | { readonly kind: 'rows'; readonly rows: ArrayLike<number> };

/** How many rows there are. */
export function sizeOf(source: RowSource): number {
  return source.kind === 'range' ? Math.max(0, source.to - source.from) : source.rows.length;
}

/** Writes the rows from the `first` of them on to a block. */
export function copyRows(source: RowSource, first: number, count: number, block: Uint32Array): void {
  if (source.kind === 'range') {
    for (let i = 0; i < count; i++) block[i] = source.from + first + i;
  } else {
    for (let i = 0; i < count; i++) block[i] = source.rows[first + i] ?? 0;
  }
}

/** The rows up to the first for which a condition fails, which holds for none after it, and the rest. */
export function splitSource(
  source: RowSource,
  holds: (row: number) => boolean,
): readonly [before: RowSource, after: RowSource] {
  if (source.kind === 'range') {
    const at = source.from + countWhile(sizeOf(source), (i) => holds(source.from + i));
    return [
      { ...source, to: at },
      { ...source, from: at },
    ];
  }
  const rows = Uint32Array.from(source.rows);
  const at = countWhile(rows.length, (i) => holds(rows[i] ?? 0));
  return [
    { kind: 'rows', rows: rows.subarray(0, at) },
    { kind: 'rows', rows: rows.subarray(at) },
  ];
}

/** How many of `count` indexes satisfy a condition that holds for none after the first for which it fails. */
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
