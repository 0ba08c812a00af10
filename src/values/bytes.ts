import { Buffer } from 'node:buffer';
import { randomInt } from 'node:crypto';

/** A range of bytes in a larger array. */
export interface ByteSpan {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** A range of bytes of which four can be read at once. */
export interface WordSpan extends ByteSpan {
  /** The array in which the range is. */
  readonly words: DataView;
}

/** A view of an array by which four bytes are read at once, whatever their position. */
export function wordsOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Compares byte by byte, with a prefix before what it is a prefix of: negative, 0 or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return compareRanges(a, 0, a.length, b, 0, b.length);
}

/** The same for the bytes of a span. */
export function compareSpan({ bytes, start, end }: ByteSpan, value: Uint8Array): number {
  return compareRanges(bytes, start, end, value, 0, value.length);
}

/** The same for two ranges of bytes. */
export function compareRanges(
  a: Uint8Array,
  startA: number,
  endA: number,
  b: Uint8Array,
  startB: number,
  endB: number,
): number {
  const length = Math.min(endA - startA, endB - startB);
  // Calling memcmp pays off for long texts only.
  if (length > 64) return Buffer.compare(a.subarray(startA, endA), b.subarray(startB, endB));
  for (let i = 0; i < length; i++) {
    const difference = (a[startA + i] ?? 0) - (b[startB + i] ?? 0);
    if (difference !== 0) return difference;
  }
  return endA - startA - (endB - startB);
}

/** Copies the bytes of a span. */
export function copySpan({ bytes, start, end }: ByteSpan): Uint8Array {
  // Not `slice`, which returns a view if the bytes are a Buffer.
  return new Uint8Array(bytes.subarray(start, end));
}

/** An unpredictable seed for `hashBytes`, so that nobody can choose values whose hashes collide. */
export function randomSeed(): number {
  return randomInt(2 ** 32);
}

/** 32-bit FNV-1a with a seed (RFC 9923) and MurmurHash3's finalizer, so that all of its bits are usable. */
export function hashBytes(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed ^ 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
