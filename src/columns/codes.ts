/** Small whole numbers in the narrowest array that holds them. */
export type Codes = Uint8Array | Uint16Array | Uint32Array;

/** Room for `length` codes from 0 to `largest`. */
export function newCodes(length: number, largest: number): Codes {
  if (largest <= 0xff) return new Uint8Array(length);
  if (largest <= 0xffff) return new Uint16Array(length);
  return new Uint32Array(length);
}

const chunkBits = 15;
const chunkLength = 1 << chunkBits;

/** Codes appended one by one. Each chunk is as wide as its own largest code, and growing copies one chunk at most. */
export class GrowingCodes {
  readonly #chunks: Codes[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(code: number): void {
    const index = this.#length >>> chunkBits;
    let chunk = this.#chunks[index];
    if (chunk === undefined || code >= 2 ** (8 * chunk.BYTES_PER_ELEMENT)) {
      const wider = newCodes(chunkLength, code);
      if (chunk) wider.set(chunk);
      this.#chunks[index] = wider;
      chunk = wider;
    }
    chunk[this.#length & (chunkLength - 1)] = code;
    this.#length++;
  }

  /** The code at an index; 0 beyond the last. */
  at(index: number): number {
    return this.#chunks[index >>> chunkBits]?.[index & (chunkLength - 1)] ?? 0;
  }
}
