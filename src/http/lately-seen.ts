import { crc32 } from 'node:zlib';

/** The number of places, a power of two. Because of collisions, somewhat fewer things are known. */
const places = 64 * 1024;

/**
 * Distinguishes repeated things from those that occur once, so that only the former are cached. It needs constant memory, and
 * is occasionally wrong: if two things have the same checksum, or one has replaced another.
 */
export class LatelySeen {
  readonly #checksums = new Uint32Array(places);

  /** Whether it has been seen recently. Counts as seen from now on. */
  see(thing: string | Uint8Array): boolean {
    // An empty place contains 0.
    const checksum = crc32(thing) || 1;
    const place = checksum % places;
    if (this.#checksums[place] === checksum) return true;
    this.#checksums[place] = checksum;
    return false;
  }
}
