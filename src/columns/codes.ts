import { Chunks } from './chunks.ts';

/** Small integers in the narrowest array that can hold them. */
export type Codes = Uint8Array | Uint16Array | Uint32Array;

/** An array for `length` codes from 0 to `largest`. */
export function newCodes(length: number, largest: number): Codes {
  if (largest <= 0xff) return new Uint8Array(length);
  if (largest <= 0xffff) return new Uint16Array(length);
  return new Uint32Array(length);
}

/** Codes appended one by one. Each takes one byte until one needs more. */
export class GrowingCodes {
  /** The lowest bytes of all codes, then the second lowest, and so on up to the highest byte that is ever non-zero. */
  readonly #planes: Chunks<Uint8Array>[] = [newPlane()];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get byteLength(): number {
    return this.#planes.length * this.#length;
  }

  /** @param code an integer below 2^32 */
  push(code: number): void {
    let rest = code;
    for (let i = 0; i < this.#planes.length || rest > 0; i++) {
      this.#plane(i).put(this.#length, rest & 0xff);
      rest >>>= 8;
    }
    this.#length++;
  }

  /** The code at an index; 0 beyond the last. */
  at(index: number): number {
    let code = 0;
    for (let i = this.#planes.length - 1; i >= 0; i--) code = code * 256 + (this.#planes[i]?.at(index) ?? 0);
    return code;
  }

  #plane(i: number): Chunks<Uint8Array> {
    const plane = this.#planes[i] ?? newPlane();
    this.#planes[i] = plane;
    return plane;
  }
}

function newPlane(): Chunks<Uint8Array> {
  return new Chunks((length) => new Uint8Array(length));
}
