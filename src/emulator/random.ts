/** A sequence of numbers that look random and depend on the seed alone. Each is at least 0 and below 1. */
export type Random = () => number;

/** Starts a sequence; equal seeds give equal sequences. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return scramble(state) / 0x1_0000_0000;
  };
}

/** Spreads each bit of a 32-bit integer over all of them. The result is at least 0 and below 2^32. */
export function scramble(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
