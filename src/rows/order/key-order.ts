import type { NumberColumn, RankedColumn, TextColumn } from '../../columns/column.ts';
import { compareBytes, compareSpan, copySpan } from '../../values/bytes.ts';
import type { ValueType } from '../../values/type/value-type.ts';
import type { Value } from '../../values/value.ts';
import { findAscending } from '../store/ascending-texts.ts';
import { codesEqualTo, searchRows, toBytes, toInstant } from '../store/probe.ts';
import type { RowRanks } from '../store/store-cache.ts';

/** The position of a row or value in the order of one key. Only bounds of the same key can be compared. */
export type Bound = number | Uint8Array | null;

/** The order of rows by one key, with its direction and the position of NULLs. */
export interface KeyOrder {
  boundAt(row: number): Bound;
  boundOf(value: Value | null): Bound;
  compareBounds(a: Bound, b: Bound): number;
  /** Like `compareBounds` with the row's bound, without creating that. */
  compareRow(row: number, bound: Bound): number;
}

/** The direction of an order, and where it puts NULLs. */
export interface Direction {
  readonly direction: 'asc' | 'desc';
  readonly nulls: 'first' | 'last';
}

/** Orders by the codes of a ranked column. */
export function rankedOrder(column: RankedColumn, type: ValueType, direction: Direction): KeyOrder {
  return codeOrder(
    column.codes,
    (value) => {
      const { from, to } = codesEqualTo(column, value, type);
      // A value that no row has falls between two codes.
      return to > from ? from : from - 0.5;
    },
    direction,
  );
}

/** Orders by the ranks of a text column's rows. */
export function rankedTextOrder(column: TextColumn, ranks: RowRanks, direction: Direction): KeyOrder {
  return codeOrder(
    ranks.codes,
    (value) => {
      const { index, found } = searchRows(
        column,
        toBytes(value),
        ranks.examples.length,
        (i) => ranks.examples[i] ?? 0,
      );
      return found ? index + 1 : index + 0.5;
    },
    direction,
  );
}

/** Orders by the identity column, which is the order of row numbers. */
export function identityOrder(column: TextColumn, direction: Direction): KeyOrder {
  const sign = signOf(direction);
  const absent = nullBound(direction);
  return numericOrder(
    (row) => sign * row,
    (value) => {
      if (value === null) return absent;
      const { index, found } = findAscending(column, toBytes(value));
      return sign * (found ? index : index - 0.5);
    },
  );
}

/** Orders by a column of instants. */
export function instantOrder({ values }: NumberColumn, direction: Direction): KeyOrder {
  const sign = signOf(direction);
  const absent = nullBound(direction);
  return numericOrder(
    (row) => {
      const value = values[row] ?? Number.NaN;
      return Number.isNaN(value) ? absent : sign * value;
    },
    (value) => {
      if (value === null) return absent;
      const { floor, ceiling } = toInstant(value);
      return (sign * (floor + ceiling)) / 2;
    },
  );
}

/** Orders by the UTF-8 of a column's rows. */
export function textOrder(column: TextColumn, direction: Direction): KeyOrder {
  const sign = signOf(direction);
  const absent = direction.nulls === 'first' ? -1 : 1;
  const reader = column.reader();
  return {
    boundAt: (row) => (reader.locate(row) ? copySpan(reader) : null),
    boundOf: (value) => (value === null ? null : toBytes(value)),
    compareBounds(a, b) {
      if (!(a instanceof Uint8Array)) return b instanceof Uint8Array ? absent : 0;
      return b instanceof Uint8Array ? sign * compareBytes(a, b) : -absent;
    },
    compareRow(row, bound) {
      if (!reader.locate(row)) return bound instanceof Uint8Array ? absent : 0;
      return bound instanceof Uint8Array ? sign * compareSpan(reader, bound) : -absent;
    },
  };
}

/** @param codes the code of each row; 0 if NULL */
function codeOrder(
  codes: ArrayLike<number>,
  codeOf: (value: Value) => number,
  direction: Direction,
): KeyOrder {
  const sign = signOf(direction);
  const absent = nullBound(direction);
  return numericOrder(
    (row) => {
      const code = codes[row] ?? 0;
      return code === 0 ? absent : sign * code;
    },
    (value) => (value === null ? absent : sign * codeOf(value)),
  );
}

function numericOrder(at: (row: number) => number, of: (value: Value | null) => number): KeyOrder {
  return {
    boundAt: at,
    boundOf: of,
    compareBounds: compareNumbers,
    compareRow: (row, bound) => compareNumbers(at(row), bound),
  };
}

/** By which numbers are multiplied, so that those that come first are smaller. */
function signOf({ direction }: Direction): 1 | -1 {
  return direction === 'asc' ? 1 : -1;
}

/** The bound of NULL in a numeric order. */
function nullBound({ nulls }: Direction): number {
  return nulls === 'first' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function compareNumbers(a: Bound, b: Bound): number {
  if (typeof a !== 'number' || typeof b !== 'number') throw new TypeError('bounds must be of the same key');
  return a < b ? -1 : Number(a > b);
}
