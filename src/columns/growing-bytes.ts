import { Buffer } from 'node:buffer';

const chunkBits = 18;
const chunkSize = 1 << chunkBits;

/** A span of bytes, and a place of its own for bytes that have to be put together first. */
export class Span {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  #scratch: Uint8Array = new Uint8Array(64);

  /** Points the span at `length` bytes of its own place, for the caller to fill. */
  claim(length: number): Uint8Array {
    if (this.#scratch.length < length) this.#scratch = new Uint8Array(2 * length);
    this.bytes = this.#scratch;
    this.start = 0;
    this.end = length;
    return this.#scratch;
  }
}

/** Bytes appended in chunks, so that growing copies nothing. */
export class GrowingBytes {
  readonly #chunks: Buffer[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Appends the text as UTF-8; a lone surrogate becomes U+FFFD. */
  appendText(text: string): void {
    const room = this.#room();
    const at = this.#length & (chunkSize - 1);
    // No UTF-16 code unit takes more than three bytes.
    if (3 * text.length <= chunkSize - at) this.#length += room.write(text, at);
    else this.append(Buffer.from(text));
  }

  append(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const room = this.#room();
      const at = this.#length & (chunkSize - 1);
      const part = Math.min(bytes.length - done, chunkSize - at);
      room.set(bytes.subarray(done, done + part), at);
      this.#length += part;
      done += part;
    }
  }

  /** Points the span at the bytes from `start` to `end`, without a copy where one chunk holds them all. */
  locate(start: number, end: number, span: Span): void {
    const index = start >>> chunkBits;
    if (end <= (index + 1) * chunkSize) {
      span.bytes = this.#chunk(index);
      span.start = start - index * chunkSize;
      span.end = end - index * chunkSize;
    } else {
      this.#copy(start, end, span.claim(end - start));
    }
  }

  #copy(start: number, end: number, target: Uint8Array): void {
    for (let done = start; done < end; ) {
      const index = done >>> chunkBits;
      const from = done - index * chunkSize;
      const part = Math.min(end - done, chunkSize - from);
      target.set(this.#chunk(index).subarray(from, from + part), done - start);
      done += part;
    }
  }

  #room(): Buffer {
    const index = this.#length >>> chunkBits;
    if (index === this.#chunks.length) this.#chunks.push(Buffer.allocUnsafeSlow(chunkSize));
    return this.#chunk(index);
  }

  #chunk(index: number): Buffer {
    // Only the empty span at the very end has no chunk.
    return this.#chunks[index] ?? empty;
  }
}

const empty = Buffer.alloc(0);
