import { crc32 } from 'node:zlib';

/** How many things are remembered, and the bytes that they take. */
export interface RememberedSize {
  readonly entries: number;
  readonly bytes: number;
}

/** How many things are known to have been seen: with collisions somewhat fewer. A power of two. */
const places = 64 * 1024;

/**
 * Tells what comes again from what comes once, so that only the former is remembered. Takes the same memory whatever
 * is seen, and is wrong at times: where two things have the same checksum, or one has taken another's place.
 */
export class LatelySeen {
  readonly #checksums = new Uint32Array(places);

  /** Whether it was seen lately; from now on it was. */
  see(thing: string | Uint8Array): boolean {
    // Places that were never taken hold 0.
    const checksum = crc32(thing) || 1;
    const place = checksum % places;
    if (this.#checksums[place] === checksum) return true;
    this.#checksums[place] = checksum;
    return false;
  }
}
