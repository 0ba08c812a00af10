import type { RankedColumn } from '../../columns/column.ts';
import type { Value } from '../../values/value.ts';
import type { CodeRange } from '../store/probe.ts';
import { never, type Predicate, wholeBlock } from './predicate.ts';

/** True if the code is in the range. */
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

/** True if there is a value, and its code is not in the range. */
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

/** True if the code is marked with 1. */
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

/** True if the test gives `expected` for the value. Each distinct value is tested once, when it first occurs. */
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
