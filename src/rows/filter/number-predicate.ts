import type { NumberColumn } from '../../columns/column.ts';
import { never, type Predicate, wholeBlock } from './predicate.ts';

/** True if `from` ≤ value ≤ `to`. */
export function numberWithin({ values }: NumberColumn, from: number, to: number): Predicate {
  if (from > to) return never;
  return {
    largestBlock: wholeBlock,
    keep(rows, count, kept) {
      let left = 0;
      for (let i = 0; i < count; i++) {
        const row = rows[i] ?? 0;
        const value = values[row] ?? Number.NaN;
        if (value >= from && value <= to) kept[left++] = row;
      }
      return left;
    },
  };
}

/** True if the value is among some values, or, for a negation, is present and not among them. */
export function numberAmong(
  { values }: NumberColumn,
  some: ReadonlySet<number>,
  expected: boolean,
): Predicate {
  return {
    largestBlock: wholeBlock,
    keep(rows, count, kept) {
      let left = 0;
      for (let i = 0; i < count; i++) {
        const row = rows[i] ?? 0;
        const value = values[row] ?? Number.NaN;
        if (!Number.isNaN(value) && some.has(value) === expected) kept[left++] = row;
      }
      return left;
    },
  };
}

/** True if there is a value (`expected`), or if there is none. */
export function numberPresent({ values }: NumberColumn, expected: boolean): Predicate {
  return {
    largestBlock: wholeBlock,
    keep(rows, count, kept) {
      let left = 0;
      for (let i = 0; i < count; i++) {
        const row = rows[i] ?? 0;
        if (Number.isNaN(values[row]) !== expected) kept[left++] = row;
      }
      return left;
    },
  };
}
