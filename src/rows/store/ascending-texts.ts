import type { TextColumn, TextReader } from '../../columns/column.ts';
import { UuidColumn } from '../../columns/uuid-column.ts';
import { compareRanges } from '../../values/bytes.ts';
import { AscendingUuids, type Place } from './ascending-uuids.ts';

/** The fewest rows from one landmark to the next, and the most landmarks of a column: half a megabyte of them. */
const leastStride = 8;
const mostLandmarks = 64 * 1024;
/** Bytes of a text that its head has: a double holds no more of them exactly. */
const headLength = 6;

const knownUuids = new WeakMap<UuidColumn, AscendingUuids>();
const known = new WeakMap<TextColumn, AscendingTexts>();

/**
 * Finds UTF-8 in a column without NULLs whose rows ascend by their bytes.
 *
 * @param length how many of the bytes are looked for, from the first
 */
export function findAscending(column: TextColumn, wanted: Uint8Array, length = wanted.length): Place {
  const place = column instanceof UuidColumn ? findUuid(column, wanted, length) : undefined;
  if (place) return place;
  let texts = known.get(column);
  if (!texts) {
    texts = new AscendingTexts(column);
    known.set(column, texts);
  }
  return texts.find(wanted, length);
}

/** Undefined if it is no UUID. */
function findUuid(column: UuidColumn, wanted: Uint8Array, length: number): Place | undefined {
  if (column.length === 0) return undefined;
  let uuids = knownUuids.get(column);
  if (!uuids) {
    uuids = new AscendingUuids(column);
    knownUuids.set(column, uuids);
  }
  return uuids.find(wanted, length);
}

/**
 * A binary search that first goes through landmarks, which lie next to each other in memory: each step through the rows
 * of a large column waits for memory that is in no cache.
 */
class AscendingTexts {
  readonly #rows: number;
  readonly #reader: TextReader;
  /** Bytes that all rows begin with. */
  readonly #prefix: Uint8Array;
  readonly #stride: number;
  /** For one row in `#stride`, the bytes that follow the prefix, as a number that sorts as the texts do. */
  readonly #heads: Float64Array;

  constructor(column: TextColumn) {
    this.#rows = column.length;
    this.#reader = column.reader();
    this.#prefix = commonPrefix(column);
    this.#stride = Math.max(leastStride, Math.ceil(column.length / mostLandmarks));
    this.#heads = new Float64Array(Math.ceil(column.length / this.#stride));
    for (let landmark = 0; landmark < this.#heads.length; landmark++) {
      this.#reader.locate(landmark * this.#stride);
      const { bytes, start, end } = this.#reader;
      this.#heads[landmark] = headOf(bytes, start + this.#prefix.length, end);
    }
  }

  find(wanted: Uint8Array, length: number): Place {
    const prefix = this.#prefix;
    const order = compareRanges(wanted, 0, Math.min(prefix.length, length), prefix, 0, prefix.length);
    if (order !== 0) return { index: order < 0 ? 0 : this.#rows, found: false };
    const head = headOf(wanted, prefix.length, length);
    const first = firstNotBelow(this.#heads, head);
    // Texts with the same head may be in any order.
    const beyond = this.#heads[first] === head ? firstNotBelow(this.#heads, head + 1) : first;
    const low = first === 0 ? 0 : (first - 1) * this.#stride + 1;
    return this.#findBetween(low, Math.min(beyond * this.#stride, this.#rows), wanted, length);
  }

  #findBetween(from: number, to: number, wanted: Uint8Array, length: number): Place {
    const reader = this.#reader;
    const shared = this.#prefix.length;
    let low = from;
    let high = to;
    let found = false;
    while (low < high) {
      const middle = (low + high) >>> 1;
      reader.locate(middle);
      const order = compareRanges(reader.bytes, reader.start + shared, reader.end, wanted, shared, length);
      if (order < 0) low = middle + 1;
      else {
        high = middle;
        if (order === 0) found = true;
      }
    }
    return { index: low, found };
  }
}

/**
 * The first of the ascending heads that is not below this one; their number if all are. Without branches in the loop, of which the
 * processor would mispredict every other one.
 */
function firstNotBelow(heads: Float64Array, head: number): number {
  if (heads.length === 0) return 0;
  let first = 0;
  let count = heads.length;
  while (count > 1) {
    const half = count >>> 1;
    first += half & -isBelow(heads, first + half - 1, head);
    count -= half;
  }
  return first + isBelow(heads, first, head);
}

function isBelow(heads: Float64Array, at: number, head: number): number {
  return Number((heads[at] ?? 0) < head);
}

/** What the first and the last row begin with, and so all between them. */
function commonPrefix(column: TextColumn): Uint8Array {
  if (column.length === 0) return new Uint8Array();
  const first = column.reader();
  const last = column.reader();
  first.locate(0);
  last.locate(column.length - 1);
  const most = Math.min(first.end - first.start, last.end - last.start);
  let length = 0;
  while (length < most && first.bytes[first.start + length] === last.bytes[last.start + length]) length++;
  return Uint8Array.from(first.bytes.subarray(first.start, first.start + length));
}

/** The next bytes as a number; zeros follow where there are fewer. */
function headOf(bytes: Uint8Array, start: number, end: number): number {
  let head = 0;
  for (let at = start; at < start + headLength; at++) head = head * 256 + (at < end ? (bytes[at] ?? 0) : 0);
  return head;
}
