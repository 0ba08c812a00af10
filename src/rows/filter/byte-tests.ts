import type { TextColumn } from '../../columns/column.ts';
import type { BytesTest } from './text-predicate.ts';

/** How two values may stand to each other: bits that can be combined. */
export const less = 1;
export const equal = 2;
export const greater = 4;

/** Whether the bytes are those of the value. */
export function equals(value: Uint8Array): BytesTest {
  const { length } = value;
  return (bytes, start, end) => end - start === length && isAt(bytes, start, value);
}

/** Whether the bytes stand to the value in one of the accepted ways. */
export function comparesTo(value: Uint8Array, accepted: number): BytesTest {
  return (bytes, start, end) => {
    const order = compareSpan(bytes, start, end, value, value.length);
    return ((order < 0 ? less : order > 0 ? greater : equal) & accepted) !== 0;
  };
}

/** Whether the bytes are those of one of the values. */
export function isAmong(values: readonly Uint8Array[]): BytesTest {
  const seed = randomSeed();
  const byHash = new Map<number, Uint8Array[]>();
  for (const value of values) {
    const hash = hashBytes(value, 0, value.length, seed);
    const alike = byHash.get(hash);
    if (alike) alike.push(value);
    else byHash.set(hash, [value]);
  }
  return (bytes, start, end) => {
    const alike = byHash.get(hashBytes(bytes, start, end, seed));
    return alike?.some((value) => value.length === end - start && isAt(bytes, start, value)) ?? false;
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

/** Compares the UTF-8 a column points at with a value, byte by byte. */
export function compareLocated(
  { bytes, start, end }: TextColumn,
  value: Uint8Array,
  length = value.length,
): number {
  return compareSpan(bytes, start, end, value, length);
}

function compareSpan(
  bytes: Uint8Array,
  start: number,
  end: number,
  value: Uint8Array,
  valueLength: number,
): number {
  const length = Math.min(end - start, valueLength);
  for (let i = 0; i < length; i++) {
    const difference = (bytes[start + i] ?? 0) - (value[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return end - start - valueLength;
}

function isAt(bytes: Uint8Array, start: number, value: Uint8Array): boolean {
  for (let i = 0; i < value.length; i++) if (bytes[start + i] !== value[i]) return false;
  return true;
}
