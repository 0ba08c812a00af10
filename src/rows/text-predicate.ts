import type { TextColumn } from '../columns/column.ts';
import { type Predicate, wholeBlock } from './predicate.ts';
import { compareBytes } from './text-order.ts';

/** A test of the UTF-8 from `start` to `end`. */
export type BytesTest = (bytes: Uint8Array, start: number, end: number) => boolean;

/** True where the test gives `expected` for the row's UTF-8. */
export function bytesTested(
  column: TextColumn,
  test: BytesTest,
  expected: boolean,
  largestBlock: number,
): Predicate {
  return {
    largestBlock,
    keep(rows, count, kept) {
      let left = 0;
      for (let i = 0; i < count; i++) {
        const row = rows[i] ?? 0;
        if (column.locate(row) && test(column.bytes, column.start, column.end) === expected) {
          kept[left++] = row;
        }
      }
      return left;
    },
  };
}

/** How two values may stand to each other: bits that can be combined. */
export const less = 1;
export const equal = 2;
export const greater = 4;

/** True where the row's UTF-8 stands to the value in one of the accepted ways. */
export function bytesCompared(column: TextColumn, value: Uint8Array, accepted: number): Predicate {
  return {
    largestBlock: wholeBlock,
    keep(rows, count, kept) {
      let left = 0;
      for (let i = 0; i < count; i++) {
        const row = rows[i] ?? 0;
        if (!column.locate(row)) continue;
        const order = compareLocated(column, value);
        if (((order < 0 ? less : order > 0 ? greater : equal) & accepted) !== 0) kept[left++] = row;
      }
      return left;
    },
  };
}

/** Compares the UTF-8 a column points at with a value, byte by byte. */
export function compareLocated(
  { bytes, start, end }: TextColumn,
  value: Uint8Array,
  valueLength = value.length,
): number {
  const length = Math.min(end - start, valueLength);
  for (let i = 0; i < length; i++) {
    const difference = (bytes[start + i] ?? 0) - (value[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return end - start - valueLength;
}

/** Whether the UTF-8 is that of the value. */
export function equals(value: Uint8Array): BytesTest {
  const { length } = value;
  return (bytes, start, end) => {
    if (end - start !== length) return false;
    for (let i = 0; i < length; i++) if (bytes[start + i] !== value[i]) return false;
    return true;
  };
}

/** Whether the UTF-8 is that of one of the values. */
export function isAmong(values: readonly string[]): BytesTest {
  const seed = randomSeed();
  const byHash = new Map<number, Uint8Array[]>();
  for (const value of values) {
    const bytes = Buffer.from(value);
    const hash = hashBytes(bytes, 0, bytes.length, seed);
    const alike = byHash.get(hash);
    if (alike) alike.push(bytes);
    else byHash.set(hash, [bytes]);
  }
  return (bytes, start, end) => {
    const alike = byHash.get(hashBytes(bytes, start, end, seed));
    return alike?.some((value) => compareBytes(bytes.subarray(start, end), value) === 0) ?? false;
  };
}

/** A seed that nobody can foresee, so that nobody can choose values whose hashes collide. */
export function randomSeed(): number {
  return (Math.random() * 0x100000000) >>> 0;
}

/** FNV-1a with 32 bits: RFC 9923, with a seed for its offset basis. */
export function hashBytes(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  return hash >>> 0;
}

/** True where the row has a value, or where it has none. */
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

/** True where the test gives `expected` for the row's text. */
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
