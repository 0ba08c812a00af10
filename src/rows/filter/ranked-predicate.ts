import type { RankedColumn } from '../../columns/column.ts';
import type { Value } from '../../values/value.ts';
import type { ValueType } from '../../values/value-type.ts';
import { never, type Predicate, wholeBlock } from './predicate.ts';

/** The codes of a ranked column from `from` up to, but not including, `to`. */
export interface CodeRange {
  readonly from: number;
  readonly to: number;
}

/** The code of the values that equal `value`: none or one, at the place where it would stand. */
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

/** True where the code is in the range. */
export function codeIn({ codes }: RankedColumn, { from, to }: CodeRange): Predicate {
  if (from >= to) return never;
  return {
    largestBlock: wholeBlock,
    keep(rows, count, kept) {
      let left = 0;
      for (let i = 0; i < count; i++) {
        const row = rows[i] ?? 0;
        const code = codes[row] ?? 0;
        if (code >= from && code < to) kept[left++] = row;
      }
      return left;
    },
  };
}

/** True where there is a value, and its code is not in the range. */
export function codeNotIn({ codes }: RankedColumn, { from, to }: CodeRange): Predicate {
  return {
    largestBlock: wholeBlock,
    keep(rows, count, kept) {
      let left = 0;
      for (let i = 0; i < count; i++) {
        const row = rows[i] ?? 0;
        const code = codes[row] ?? 0;
        if (code !== 0 && (code < from || code >= to)) kept[left++] = row;
      }
      return left;
    },
  };
}

/** True where the code is marked with 1. */
export function codeMarked({ codes }: RankedColumn, marks: Uint8Array): Predicate {
  return {
    largestBlock: wholeBlock,
    keep(rows, count, kept) {
      let left = 0;
      for (let i = 0; i < count; i++) {
        const row = rows[i] ?? 0;
        if (marks[codes[row] ?? 0] === 1) kept[left++] = row;
      }
      return left;
    },
  };
}

/** True where the test gives `expected` for the value. Each distinct value is tested once, when it first occurs. */
export function valueTested(
  { codes, values }: RankedColumn,
  test: (value: Value) => boolean,
  expected: boolean,
  largestBlock: number,
): Predicate {
  const outcomes = new Uint8Array(values.length + 1);
  outcomes[0] = failed;
  const outcomeOf = (code: number): number => {
    const outcome = test(values[code - 1] ?? '') === expected ? passed : failed;
    outcomes[code] = outcome;
    return outcome;
  };
  return {
    largestBlock,
    keep(rows, count, kept) {
      let left = 0;
      for (let i = 0; i < count; i++) {
        const row = rows[i] ?? 0;
        const code = codes[row] ?? 0;
        if ((outcomes[code] || outcomeOf(code)) === passed) kept[left++] = row;
      }
      return left;
    },
  };
}

const passed = 1;
const failed = 2;
