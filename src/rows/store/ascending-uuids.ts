import type { UuidColumn } from '../../columns/uuid-column.ts';
import { compareRanges } from '../../values/bytes.ts';
import { packedLength, packUuidBytes } from '../../values/uuid.ts';

/** The fewest rows from one sample to the next, and the most samples, which are read at once when a column is first searched. */
const leastStride = 4;
const mostSamples = 128 * 1024;
/** Bytes of a UUID that its head has: a double holds no more of them exactly. */
const headLength = 6;

/** Where a text is among others, or would be inserted. */
export interface Place {
  readonly index: number;
  readonly found: boolean;
}

/**
 * Finds UUIDs among ascending ones by where they would be if all were evenly spread, as random ones are, and those that contain the
 * time nearly are. That takes two or three accesses to memory that is in no cache, where a binary search takes one for each of
 * its last steps.
 */
export class AscendingUuids {
  readonly #rows: number;
  readonly #packed: Uint8Array;
  readonly #stride: number;
  readonly #first: number;
  readonly #last: number;
  /** Buckets per difference of heads. */
  readonly #scale: number;
  /** For each bucket, the first sample that is in it or in a later one. */
  readonly #starts: Uint32Array;
  readonly #wanted = new Uint8Array(packedLength);

  /** @param column with at least one row; its rows ascend */
  constructor({ packed, length }: UuidColumn) {
    this.#rows = length;
    this.#packed = packed;
    this.#stride = Math.max(leastStride, Math.ceil(length / mostSamples));
    this.#first = headOf(packed, 0);
    this.#last = headOf(packed, packedLength * (length - 1));
    const samples = Math.ceil(length / this.#stride);
    this.#scale = samples / (this.#last - this.#first + 1);
    this.#starts = new Uint32Array(samples + 2);
    let filled = 0;
    for (let sample = 0; sample < samples; sample++) {
      const bucket = this.#bucketOf(headOf(packed, packedLength * this.#stride * sample));
      while (filled <= bucket) this.#starts[filled++] = sample;
    }
    this.#starts.fill(samples, filled);
  }

  /**
   * Where a UUID is; undefined if the text is none.
   *
   * @param length how many of the bytes are looked for, from the first
   */
  find(text: Uint8Array, length: number): Place | undefined {
    const wanted = this.#wanted;
    if (!packUuidBytes(text, 0, length, wanted)) return undefined;
    const head = headOf(wanted, 0);
    if (head < this.#first) return { index: 0, found: false };
    if (head > this.#last) return { index: this.#rows, found: false };
    const bucket = this.#bucketOf(head);
    const start = this.#starts[bucket] ?? 0;
    const low = start === 0 ? 0 : (start - 1) * this.#stride + 1;
    const high = Math.min((this.#starts[bucket + 1] ?? 0) * this.#stride, this.#rows);
    return this.#findBetween(low, high);
  }

  #findBetween(from: number, to: number): Place {
    let low = from;
    let high = to;
    let found = false;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = packedLength * middle;
      const order = compareRanges(this.#packed, at, at + packedLength, this.#wanted, 0, packedLength);
      if (order < 0) low = middle + 1;
      else {
        high = middle;
        if (order === 0) found = true;
      }
    }
    return { index: low, found };
  }

  #bucketOf(head: number): number {
    return Math.floor((head - this.#first) * this.#scale);
  }
}

function headOf(packed: Uint8Array, start: number): number {
  let head = 0;
  for (let at = start; at < start + headLength; at++) head = head * 256 + (packed[at] ?? 0);
  return head;
}
