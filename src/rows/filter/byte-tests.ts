import { compareRanges, hashBytes, randomSeed } from '../../values/bytes.ts';
import type { BytesTest } from './text-predicate.ts';

/** The possible outcomes of a comparison, as bits that can be combined. */
export const less = 1;
export const equal = 2;
export const greater = 4;

/** Tests whether the bytes equal the value. */
export function equals(value: Uint8Array): BytesTest {
  const { length } = value;
  return (bytes, start, end) => end - start === length && isAt(bytes, start, value);
}

/** Tests whether comparing the bytes with the value gives one of the accepted outcomes. */
export function comparesTo(value: Uint8Array, accepted: number): BytesTest {
  return (bytes, start, end) => {
    const order = compareRanges(bytes, start, end, value, 0, value.length);
    return ((order < 0 ? less : order > 0 ? greater : equal) & accepted) !== 0;
  };
}

/** Tests whether the bytes equal one of the values. */
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

function isAt(bytes: Uint8Array, start: number, value: Uint8Array): boolean {
  for (let i = 0; i < value.length; i++) if (bytes[start + i] !== value[i]) return false;
  return true;
}
