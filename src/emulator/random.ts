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

const digits = Buffer.from('0123456789abcdef');
const hyphen = 45;
/** Reused for every UUID: a million of them are made at once. */
const text = Buffer.alloc(36);

/** A version 4 UUID in lower-case hexadecimal. */
export function randomUuid(random: Random): string {
  let bits = 0;
  for (let nibble = 0, place = 0; place < text.length; place++) {
    if (place === 8 || place === 13 || place === 18 || place === 23) {
      text[place] = hyphen;
      continue;
    }
    if (nibble % 8 === 0) bits = Math.floor(random() * 0x1_0000_0000);
    const value = nibble === 12 ? 4 : nibble === 16 ? 8 | (bits & 3) : bits & 15;
    text[place] = digits[value] ?? 0;
    bits >>>= 4;
    nibble++;
  }
  return text.toString('latin1');
}

/** Picks one of the items, each with the probability of its weight among all weights. */
export function weighted<T>(items: readonly (readonly [item: T, weight: number])[]): (random: Random) => T {
  const total = items.reduce((sum, [, weight]) => sum + weight, 0);
  const [first] = items;
  if (!first) throw new RangeError('there must be at least one item, but got none');
  return (random) => {
    let rest = random() * total;
    for (const [item, weight] of items) {
      if (rest < weight) return item;
      rest -= weight;
    }
    return first[0];
  };
}

/** Picks one of the items, all alike. */
export function pickOne<T>(items: readonly T[], random: Random): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('there must be at least one item, but got none');
  return item;
}

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
