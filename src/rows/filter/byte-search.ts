/** The shortest needle for which a skip table pays off. */
const shortestSkip = 3;

/** A case-folding table: ASCII capitals become lower case. */
export const lowerCase: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte,
);
/** A folding table that changes nothing. */
export const sameCase: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => byte);

/** Finds a byte sequence with Horspool's algorithm (Practical fast searching in strings, 1980). */
export class ByteSearch {
  readonly #wanted: Uint8Array;
  readonly #fold: Uint8Array;
  /** How far the search may skip ahead, by the byte under the needle's last position. */
  readonly #skips: Uint16Array;
  /** The two bytes that fold to the first one. */
  readonly #first: number;
  readonly #firstCapital: number;

  /**
   * @param wanted at least one byte, folded
   * @param fold what each byte is compared as
   */
  constructor(wanted: Uint8Array, fold: Uint8Array) {
    this.#wanted = wanted;
    this.#fold = fold;
    this.#first = wanted[0] ?? 0;
    this.#firstCapital = fold.indexOf(this.#first);
    const longest = Math.min(wanted.length, 0xffff);
    const skips = new Uint16Array(256).fill(longest);
    for (let i = 0; i < wanted.length - 1; i++) {
      skips[wanted[i] ?? 0] = Math.min(longest, wanted.length - 1 - i);
    }
    this.#skips = Uint16Array.from(fold, (folded) => skips[folded] ?? 1);
  }

  /** The end of the first occurrence between `from` and `end`; -1 if there is none. */
  endIn(bytes: Uint8Array, from: number, end: number): number {
    return this.#wanted.length < shortestSkip ? this.#step(bytes, from, end) : this.#skip(bytes, from, end);
  }

  #step(bytes: Uint8Array, from: number, end: number): number {
    const wanted = this.#wanted;
    const first = this.#first;
    const capital = this.#firstCapital;
    const { length } = wanted;
    for (let at = from; at <= end - length; at++) {
      const byte = bytes[at];
      if (byte !== first && byte !== capital) continue;
      if (length === 1 || this.#fold[bytes[at + 1] ?? 0] === wanted[1]) return at + length;
    }
    return -1;
  }

  #skip(bytes: Uint8Array, from: number, end: number): number {
    const wanted = this.#wanted;
    const fold = this.#fold;
    const skips = this.#skips;
    const last = wanted.length - 1;
    for (let at = from + last; at < end; ) {
      const byte = bytes[at] ?? 0;
      let i = last;
      while (i >= 0 && fold[bytes[at - last + i] ?? 0] === wanted[i]) i--;
      if (i < 0) return at + 1;
      at += skips[byte] ?? 1;
    }
    return -1;
  }
}
