/** Which rows have a value: a bitmap, with the number of values before each word of 32 rows. */
export class Presence {
  /** How many rows have a value. */
  readonly size: number;
  /** Bit `row & 31` of word `row >>> 5` is set if the row has a value. */
  readonly words: Uint32Array;
  readonly #before: Uint32Array;

  constructor(words: Uint32Array) {
    this.words = words;
    this.#before = new Uint32Array(words.length);
    let size = 0;
    for (let i = 0; i < words.length; i++) {
      this.#before[i] = size;
      size += bitCount(words[i] ?? 0);
    }
    this.size = size;
  }

  get byteLength(): number {
    return this.words.byteLength + this.#before.byteLength;
  }

  has(row: number): boolean {
    return ((this.words[row >>> 5] ?? 0) & (1 << (row & 31))) !== 0;
  }

  /** How many rows before this one have a value. */
  rank(row: number): number {
    const word = row >>> 5;
    return (this.#before[word] ?? 0) + bitCount((this.words[word] ?? 0) & ((1 << (row & 31)) - 1));
  }
}

/** Marks rows, in any order. */
export class PresenceBuilder {
  #words = new Uint32Array(32);

  set(row: number): void {
    const word = row >>> 5;
    if (word >= this.#words.length) {
      const larger = new Uint32Array(2 * (word + 1));
      larger.set(this.#words);
      this.#words = larger;
    }
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (row & 31));
  }

  /** @param rows how many rows there are, marked or not */
  finish(rows: number): Presence {
    const words = new Uint32Array(Math.ceil(rows / 32));
    words.set(this.#words.subarray(0, words.length));
    return new Presence(words);
  }
}

/** The number of bits set: Warren, Hacker's Delight, section 5-1. */
function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
