import type { TextColumn } from '../../columns/column.ts';
import { type Predicate, wholeBlock } from './predicate.ts';
import { type LocateRows, spans } from './text-spans.ts';

/** Tests the bytes from `start` to `end`. */
export type BytesTest = (bytes: Uint8Array, start: number, end: number) => boolean;

/** True if the test gives `expected` for the row's bytes. */
export function bytesTested(
  locate: LocateRows,
  test: BytesTest,
  expected: boolean,
  largestBlock: number,
): Predicate {
  return {
    largestBlock,
    keep(rows, count, kept) {
      const present = locate(rows, count);
      const { bytes, starts, ends, rows: presentRows } = spans;
      let left = 0;
      for (let i = 0; i < present; i++) {
        if (test(bytes, starts[i] ?? 0, ends[i] ?? 0) === expected) kept[left++] = presentRows[i] ?? 0;
      }
      return left;
    },
  };
}

/** True if the test gives `expected` for the row's text. */
export function textTested(
  column: TextColumn,
  test: (text: string) => boolean,
  expected: boolean,
  largestBlock: number,
): Predicate {
  return {
    largestBlock,
    keep(rows, count, kept) {
      let left = 0;
      for (let i = 0; i < count; i++) {
        const row = rows[i] ?? 0;
        const text = column.get(row);
        if (text !== null && test(text) === expected) kept[left++] = row;
      }
      return left;
    },
  };
}

/** True if the row has a value (`expected`), or if it has none. */
export function textPresent(column: TextColumn, expected: boolean): Predicate {
  return {
    largestBlock: wholeBlock,
    keep(rows, count, kept) {
      let left = 0;
      for (let i = 0; i < count; i++) {
        const row = rows[i] ?? 0;
        if (column.isNull(row) !== expected) kept[left++] = row;
      }
      return left;
    },
  };
}
