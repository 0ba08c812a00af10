import { scramble } from './random.ts';

const rounds = 4;

/**
 * The item at `index` of a shuffled `0 … size - 1`, the shuffle being decided by the seed.
 *
 * Needs no memory and no preparation, so that a million users cost nothing to shuffle: a Feistel network permutes
 * the next larger power of four, and is applied again until it lands below `size`.
 */
export function permuted(index: number, size: number, seed: number): number {
  const halfBits = Math.max(1, Math.ceil(Math.log2(size) / 2));
  let item = index;
  do item = feistel(item, halfBits, seed);
  while (item >= size);
  return item;
}

function feistel(item: number, halfBits: number, seed: number): number {
  const mask = (1 << halfBits) - 1;
  let left = item >>> halfBits;
  let right = item & mask;
  for (let round = 1; round <= rounds; round++) {
    const mixed = scramble(right ^ scramble(seed + round)) & mask;
    [left, right] = [right, left ^ mixed];
  }
  return (left << halfBits) | right;
}
