import type { RankedColumn, TextColumn } from '../../src/columns/column.ts';
import type { Value } from '../../src/values/value.ts';

/** Every row's text, read through the column's interface. */
export function textsOf(column: TextColumn | RankedColumn): (Value | null)[] {
  if (column.encoding === 'ranked') {
    return Array.from(column.codes, (code) => (code === 0 ? null : (column.values[code - 1] ?? null)));
  }
  return Array.from({ length: column.length }, (_, row) => column.get(row));
}

/** Every row's text, read from the bytes the column points at. */
export function locatedTextsOf(column: TextColumn): (string | null)[] {
  const reader = column.reader();
  return Array.from({ length: column.length }, (_, row) =>
    reader.locate(row) ? Buffer.from(reader.bytes.subarray(reader.start, reader.end)).toString('utf8') : null,
  );
}
