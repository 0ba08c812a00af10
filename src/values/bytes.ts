import { randomInt } from 'node:crypto';

/** Some bytes of a larger piece. */
export interface ByteSpan {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Byte by byte, the shorter first where it is the other's beginning: negative, 0 or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return compareRanges(a, 0, a.length, b, 0, b.length);
}

/** The same with the bytes that a span points at. */
export function compareSpan({ bytes, start, end }: ByteSpan, value: Uint8Array): number {
  return compareRanges(bytes, start, end, value, 0, value.length);
}

/** The same with two ranges of bytes. */
export function compareRanges(
  a: Uint8Array,
  startA: number,
  endA: number,
  b: Uint8Array,
  startB: number,
  endB: number,
): number {
  const length = Math.min(endA - startA, endB - startB);
  for (let i = 0; i < length; i++) {
    const difference = (a[startA + i] ?? 0) - (b[startB + i] ?? 0);
    if (difference !== 0) return difference;
  }
  return endA - startA - (endB - startB);
}

/** A copy of the bytes that a span points at. */
export function copySpan({ bytes, start, end }: ByteSpan): Uint8Array {
  // Not `slice`, which makes a view where the bytes are a Buffer.
  return new Uint8Array(bytes.subarray(start, end));
}

/** A seed for `hashBytes` that nobody can foresee, so that nobody can choose values whose hashes collide. */
export function randomSeed(): number {
  return randomInt(2 ** 32);
}

/** FNV-1a with 32 bits from a seed (RFC 9923), with MurmurHash3's last mixing, so that any of its bits will do. */
export function hashBytes(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed ^ 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
