import { Buffer } from 'node:buffer';
import { hashBytes, randomSeed } from '../values/bytes.ts';

/** The size of a chunk of the arena in bytes. */
const chunkSize = 1 << 18;
/** No UTF-16 code unit takes more than three bytes of UTF-8. */
const maxBytesPerUnit = 3;
/** The bytes before each text, which hold its length. */
const lengthBytes = 4;

/**
 * An exact set of texts outside the garbage-collected heap: the UTF-8 of each, plus 8 to 22 bytes in a hash table. A million e-mail addresses of 31 characters take 52 MB outside the heap, where a `Set` of strings
 * takes 69 MB within it.
 */
export class IdentitySet {
  readonly #seed: number;
  readonly #chunks: Buffer[] = [];
  /** The offset of the next text in the last chunk; initially full, because there is no chunk. */
  #end = chunkSize;
  /**
   * Slots of two numbers: the text's hash, and 1 + its place as chunk × chunkSize + offset, in units of four
   * bytes; 0 if the slot is free. The number of slots is a power of 2.
   */
  #slots = new Uint32Array(2 * 1024);
  #size = 0;

  /** @param seed of the hash, unpredictable so that nobody can choose texts that collide */
  constructor(seed: number = randomSeed()) {
    this.#seed = seed;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds the text, which must be well-formed Unicode. Returns whether it was not there before. */
  add(text: string): boolean {
    const chunk = this.#chunkFor(maxBytesPerUnit * text.length, () => Buffer.byteLength(text));
    return this.#addWritten(chunk, chunk.write(text, this.#end + lengthBytes));
  }

  /** The same with a text's UTF-8. */
  addBytes(bytes: Buffer, from: number, to: number): boolean {
    const chunk = this.#chunkFor(to - from, () => to - from);
    const start = this.#end + lengthBytes;
    if (to - from > 64) bytes.copy(chunk, start, from, to);
    // A call costs more than some bytes.
    else for (let i = from; i < to; i++) chunk[start + i - from] = bytes[i] ?? 0;
    return this.#addWritten(chunk, to - from);
  }

  /** Keeps the text that was written after the last one, if it is new. */
  #addWritten(chunk: Buffer, length: number): boolean {
    const start = this.#end + lengthBytes;
    const hash = hashBytes(chunk, start, start + length, this.#seed);
    const slot = this.#find(hash, chunk, start, length);
    if (this.#slots[slot + 1] !== 0) return false;
    chunk.writeUInt32LE(length, this.#end);
    this.#slots[slot] = hash;
    this.#slots[slot + 1] = 1 + ((this.#chunks.length - 1) * chunkSize + this.#end) / 4;
    this.#end = (start + length + 3) & ~3;
    this.#size += 1;
    if (this.#size > (this.#slots.length / 2) * 0.75) this.#grow();
    return true;
  }

  /**
   * The last chunk, after a new one where the text may not fit any more.
   *
   * @param mostBytes that the text may have
   * @param byteLength how many it has
   */
  #chunkFor(mostBytes: number, byteLength: () => number): Buffer {
    const needed = lengthBytes + mostBytes;
    const last = this.#chunks.at(-1);
    if (last !== undefined && this.#end + needed <= chunkSize) return last;
    // A text that is longer than a chunk gets its own.
    const size = needed <= chunkSize ? chunkSize : lengthBytes + byteLength();
    const chunk = Buffer.allocUnsafeSlow(Math.max(chunkSize, size));
    this.#chunks.push(chunk);
    this.#end = 0;
    return chunk;
  }

  /** The slot that holds the text, or the free one where it belongs. */
  #find(hash: number, bytes: Buffer, start: number, length: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = (2 * hash) & mask; ; slot = (slot + 2) & mask) {
      const place = this.#slots[slot + 1] ?? 0;
      if (place === 0) return slot;
      if (this.#slots[slot] === hash && this.#holds(place, bytes, start, length)) return slot;
    }
  }

  #holds(place: number, bytes: Buffer, start: number, length: number): boolean {
    const at = (place - 1) * 4;
    const chunk = this.#chunks[Math.floor(at / chunkSize)];
    if (chunk === undefined) return false;
    const offset = at % chunkSize;
    if (chunk.readUInt32LE(offset) !== length) return false;
    const from = offset + lengthBytes;
    return chunk.compare(bytes, start, start + length, from, from + length) === 0;
  }

  #grow(): void {
    const old = this.#slots;
    const slots = new Uint32Array(2 * old.length);
    const mask = slots.length - 1;
    for (let i = 0; i < old.length; i += 2) {
      const hash = old[i] ?? 0;
      const place = old[i + 1] ?? 0;
      if (place === 0) continue;
      let slot = (2 * hash) & mask;
      while (slots[slot + 1] !== 0) slot = (slot + 2) & mask;
      slots[slot] = hash;
      slots[slot + 1] = place;
    }
    this.#slots = slots;
  }
}
