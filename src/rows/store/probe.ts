import type { RankedColumn, TextColumn } from '../../columns/column.ts';
import { compareSpan } from '../../values/bytes.ts';
import type { ValueType } from '../../values/type/value-type.ts';
import type { Value } from '../../values/value.ts';

// How a searched value is represented in each encoding of a column.

/** The codes of a ranked column from `from` up to, but not including, `to`. */
export interface CodeRange {
  readonly from: number;
  readonly to: number;
}

/** The code of the values that equal `value`: a range of one code or, if there is none, an empty one where it would be. */
export function codesEqualTo({ values }: RankedColumn, value: Value, type: ValueType): CodeRange {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (type.compare(values[middle] ?? '', value) < 0) low = middle + 1;
    else high = middle;
  }
  const found = values[low];
  const isFound = found !== undefined && type.compare(found, value) === 0;
  return { from: low + 1, to: isFound ? low + 2 : low + 1 };
}

/** An instant between whole milliseconds: rounded down and rounded up. */
export interface Instant {
  readonly floor: number;
  readonly ceiling: number;
}

/** @param value of `timestamp` or `timestamptz`: microseconds */
export function toInstant(value: Value): Instant {
  if (typeof value !== 'bigint')
    throw new TypeError(`an instant must be microseconds, but got ${typeof value}`);
  const cut = value / 1000n;
  const rest = value % 1000n;
  const floor = Number(rest < 0n ? cut - 1n : cut);
  return { floor, ceiling: rest === 0n ? floor : floor + 1 };
}

/** A value that is stored as text. */
export function toText(value: Value): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`a text must be a string, but got ${typeof value}`);
}

/** The UTF-8 of a value that is stored as text. */
export function toBytes(value: Value): Uint8Array {
  return Buffer.from(toText(value));
}

/** Binary search for UTF-8 bytes among ascending rows that have values: its position, or where it would be inserted. */
export function searchRows(
  column: TextColumn,
  wanted: Uint8Array,
  count: number,
  rowAt: (index: number) => number,
): { readonly index: number; readonly found: boolean } {
  const reader = column.reader();
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    reader.locate(rowAt(middle));
    if (compareSpan(reader, wanted) < 0) low = middle + 1;
    else high = middle;
  }
  const found = low < count && reader.locate(rowAt(low)) && compareSpan(reader, wanted) === 0;
  return { index: low, found };
}
