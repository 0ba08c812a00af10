/** A pseudorandom sequence of numbers from 0 to below 1, which depends only on its seed. */
export type Random = () => number;

/** Starts a sequence. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return scramble(state) / 0x1_0000_0000;
  };
}

/** Mixes the bits of a 32-bit integer. The result is from 0 to below 2^32. */
export function scramble(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

const digits = Buffer.from('0123456789abcdef');
const hyphen = 45;
/** Reused for every UUID, since a million may be made at once. */
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
  if (!first) throw new RangeError('there are no items to pick from');
  return (random) => {
    let rest = random() * total;
    for (const [item, weight] of items) {
      if (rest < weight) return item;
      rest -= weight;
    }
    return first[0];
  };
}

/** Picks one of the items, each with the same probability. */
export function pickOne<T>(items: readonly T[], random: Random): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('there are no items to pick from');
  return item;
}

const rounds = 4;

/**
 * The item at `index` of `0 … size - 1`, shuffled by the seed.
 *
 * It needs neither memory nor preparation, even for a million users: a Feistel network permutes the numbers below the next power
 * of four, and is applied repeatedly until the result is below `size`.
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
