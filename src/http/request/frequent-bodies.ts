import { Buffer } from 'node:buffer';
import type { CacheSize } from '../../cache-size.ts';
import type { Asked } from './asked.ts';

/** The maximum number of cached bodies: a power of two. */
const places = 512;
/** The memory of a cached body and its content per byte of the body. */
const bytesPerByte = 3;
/** The estimated size of an entry in addition to that, in bytes. */
const overhead = 300;

/** The estimated memory of a cached body and its content, in bytes. */
export function memoryOf(body: string | Buffer): number {
  return bytesPerByte * body.length + overhead;
}

/** A cached body and its content. */
interface FrequentBody {
  readonly body: Buffer;
  readonly asked: Asked;
}

/** Caches the complete content of repeated bodies, each at the place that its checksum determines. */
export class FrequentBodies {
  readonly #places = Array.from({ length: places }, (): FrequentBody | undefined => undefined);
  /** For each place the checksum of a body that takes it if it is the next to repeat itself there. */
  readonly #rivals = new Uint32Array(places);
  #entries = 0;
  #bytes = 0;

  get size(): CacheSize {
    return { entries: this.#entries, bytes: this.#bytes };
  }

  find(body: Buffer, checksum: number): Asked | undefined {
    const place = checksum % places;
    const known = this.#places[place];
    if (!known?.body.equals(body)) return undefined;
    this.#rivals[place] = 0;
    return known.asked;
  }

  /** Caches the body if it was also the last one counted at its place, and so is more frequent than the cached one. */
  count(body: Buffer, checksum: number, asked: Asked): void {
    const place = checksum % places;
    if (this.#rivals[place] !== checksum) {
      this.#rivals[place] = checksum;
      return;
    }
    const replaced = this.#places[place];
    // A copy, since a body is part of a larger piece of memory.
    this.#places[place] = { body: Buffer.from(body), asked };
    this.#rivals[place] = 0;
    if (!replaced) this.#entries++;
    this.#bytes += memoryOf(body) - (replaced ? memoryOf(replaced.body) : 0);
  }
}
