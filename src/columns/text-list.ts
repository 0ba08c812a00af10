import { Buffer } from 'node:buffer';
import { compareRanges } from '../values/bytes.ts';
import { expandUuid, packedLength, packUuid, packUuidBytes, uuidLength } from '../values/uuid.ts';
import { Chunks } from './chunks.ts';
import { GrowingBytes, Span } from './growing-bytes.ts';
import { type Pace, paced } from './pace.ts';
import { sorted } from './sort.ts';
import { unwritten } from './unwritten.ts';

/** How many bytes a double can hold exactly, as the key by which texts are sorted. */
const keyLength = 6;

/**
 * Texts appended one by one and stored as UTF-8. As long as all of them are lower-case UUIDs they take sixteen bytes
 * each; those stay packed when another text follows.
 */
export class TextList {
  readonly #packed = new GrowingBytes();
  readonly #plain = new GrowingBytes();
  /** Where each plain text ends. */
  readonly #ends = new Chunks((length) => new Uint32Array(length));
  readonly #uuid = new Uint8Array(packedLength);
  readonly #span = new Span();
  readonly #otherSpan = new Span();
  readonly #packedSpan = new Span();
  #packedCount = 0;
  #plainCount = 0;

  get count(): number {
    return this.#packedCount + this.#plainCount;
  }

  /** The bytes of all texts, and of where each ends. */
  get totalBytes(): number {
    return this.#packed.length + this.#plain.length + Uint32Array.BYTES_PER_ELEMENT * this.#plainCount;
  }

  /** Whether there are texts and all of them are packed. */
  get allPacked(): boolean {
    return this.#plainCount === 0 && this.#packedCount > 0;
  }

  push(text: string): void {
    if (this.#plainCount === 0 && packUuid(text, this.#uuid)) {
      this.#packed.append(this.#uuid);
      this.#packedCount++;
    } else {
      this.#plain.appendText(text);
      this.#endPlain();
    }
  }

  /** Appends the text whose UTF-8 is in `bytes` from `start` to `end`. */
  pushBytes(bytes: Uint8Array, start: number, end: number): void {
    if (this.#plainCount === 0 && packUuidBytes(bytes, start, end, this.#uuid)) {
      this.#packed.append(this.#uuid);
      this.#packedCount++;
    } else {
      this.#plain.append(bytes, start, end);
      this.#endPlain();
    }
  }

  /** Whether a text has these bytes. */
  equals(index: number, bytes: Uint8Array, start: number, end: number): boolean {
    this.#locate(index, this.#span);
    const { bytes: own, start: from, end: to } = this.#span;
    if (to - from !== end - start) return false;
    for (let i = to - from - 1; i >= 0; i--) if (own[from + i] !== bytes[start + i]) return false;
    return true;
  }

  #endPlain(): void {
    assertOffset(this.#plain.length);
    this.#ends.put(this.#plainCount++, this.#plain.length);
  }

  /** The length of a text in bytes of UTF-8. */
  byteLength(index: number): number {
    if (index < this.#packedCount) return uuidLength;
    const plain = index - this.#packedCount;
    return this.#ends.at(plain) - this.#startOf(plain);
  }

  /** The mean length of a text in bytes of UTF-8. */
  get meanLength(): number {
    return (this.#packedCount * uuidLength + this.#plain.length) / Math.max(1, this.count);
  }

  get(index: number): string {
    this.#locate(index, this.#span);
    const { bytes, start, end } = this.#span;
    return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
  }

  /** Writes a text's UTF-8 and returns where it ends. */
  write(index: number, target: Uint8Array, at: number): number {
    this.#locate(index, this.#span);
    return copy(this.#span, target, at);
  }

  /** Writes the sixteen bytes of a text. All must be packed. */
  writePacked(index: number, target: Uint8Array, at: number): number {
    this.#locatePacked(index, this.#span);
    return copy(this.#span, target, at);
  }

  /** Compares two texts by UTF-8 bytes: negative if `a` comes first, 0 if they are equal, positive otherwise. */
  compare(a: number, b: number): number {
    this.#locateSortable(a, this.#span);
    this.#locateSortable(b, this.#otherSpan);
    const [first, second] = [this.#span, this.#otherSpan];
    return compareRanges(first.bytes, first.start, first.end, second.bytes, second.start, second.end);
  }

  /** The indexes of the texts sorted by their UTF-8 bytes, stably. */
  async order(pace: Pace): Promise<Uint32Array> {
    const skip = await this.#commonPrefix(pace);
    const { count } = this;
    const keys = new Float64Array(unwritten(Float64Array.BYTES_PER_ELEMENT * count));
    await paced(count, pace, (i) => {
      this.#locateSortable(i, this.#span);
      keys[i] = keyOf(this.#span, skip);
    });
    return sorted({ count, keys, compareTied: (a, b) => this.compare(a, b) }, pace);
  }

  /** The length in bytes of the prefix that all texts share. */
  async #commonPrefix(pace: Pace): Promise<number> {
    if (this.count === 0) return 0;
    this.#locateSortable(0, this.#otherSpan);
    let common = this.#otherSpan.end - this.#otherSpan.start;
    await paced(this.count, pace, (i) => {
      if (common === 0) return;
      this.#locateSortable(i, this.#span);
      common = commonLength(this.#span, this.#otherSpan, common);
    });
    return common;
  }

  #locate(index: number, span: Span): void {
    if (index < this.#packedCount) {
      this.#locatePacked(index, this.#packedSpan);
      const { bytes, start } = this.#packedSpan;
      expandUuid(bytes, start, span.claim(uuidLength), 0);
    } else {
      const plain = index - this.#packedCount;
      this.#plain.locate(this.#startOf(plain), this.#ends.at(plain), span);
    }
  }

  #startOf(plain: number): number {
    return plain === 0 ? 0 : this.#ends.at(plain - 1);
  }

  #locatePacked(index: number, span: Span): void {
    this.#packed.locate(packedLength * index, packedLength * (index + 1), span);
  }

  /** If all texts are packed, sorting their packed bytes sorts the texts. */
  #locateSortable(index: number, span: Span): void {
    if (this.allPacked) this.#locatePacked(index, span);
    else this.#locate(index, span);
  }
}

/** Offsets are unsigned 32-bit integers. */
export function assertOffset(bytes: number): void {
  if (bytes > 0xffffffff)
    throw new RangeError(`a column must hold less than 4 GiB of text, but got ${bytes} bytes`);
}

/** Small spans are copied byte by byte, because creating a view costs more than copying them. */
function copy(span: Span, target: Uint8Array, at: number): number {
  const length = span.end - span.start;
  if (length > 64) {
    target.set(span.bytes.subarray(span.start, span.end), at);
  } else {
    for (let i = 0; i < length; i++) target[at + i] = span.bytes[span.start + i] ?? 0;
  }
  return at + length;
}

/** Six bytes of the text from `skip` on as a number, padded with zeros beyond its end. */
function keyOf(span: Span, skip: number): number {
  let key = 0;
  for (let i = 0; i < keyLength; i++) {
    const at = span.start + skip + i;
    key = key * 256 + (at < span.end ? (span.bytes[at] ?? 0) : 0);
  }
  return key;
}

function commonLength(a: Span, b: Span, limit: number): number {
  const length = Math.min(limit, a.end - a.start, b.end - b.start);
  let common = 0;
  while (common < length && a.bytes[a.start + common] === b.bytes[b.start + common]) common++;
  return common;
}
