import { Buffer } from 'node:buffer';
import { Chunks } from './chunks.ts';

/** A span of bytes, with a buffer of its own for bytes that have to be assembled first. */
export class Span {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  #scratch: Uint8Array = new Uint8Array(64);

  /** Points the span at `length` bytes of its own buffer, for the caller to fill. */
  claim(length: number): Uint8Array {
    if (this.#scratch.length < length) this.#scratch = new Uint8Array(2 * length);
    this.bytes = this.#scratch;
    this.start = 0;
    this.end = length;
    return this.#scratch;
  }
}

/** Bytes appended one after the other. */
export class GrowingBytes {
  readonly #chunks = new Chunks((length) => Buffer.allocUnsafeSlow(length));
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Appends the text as UTF-8; a lone surrogate becomes U+FFFD. */
  appendText(text: string): void {
    const chunk = this.#chunks.grow(this.#length);
    const at = this.#length & (this.#chunks.length - 1);
    // No UTF-16 code unit takes more than three bytes.
    if (3 * text.length <= chunk.length - at) this.#length += chunk.write(text, at);
    else this.append(Buffer.from(text));
  }

  append(bytes: Uint8Array, from = 0, to = bytes.length): void {
    for (let done = from; done < to; ) {
      const chunk = this.#chunks.grow(this.#length);
      const at = this.#length & (this.#chunks.length - 1);
      const part = Math.min(to - done, chunk.length - at);
      // A view of a few bytes costs more than to copy them by hand.
      if (part > 64) chunk.set(bytes.subarray(done, done + part), at);
      else for (let i = 0; i < part; i++) chunk[at + i] = bytes[done + i] ?? 0;
      this.#length += part;
      done += part;
    }
  }

  /** Points the span at the bytes from `start` to `end`, without a copy if they lie in one chunk. */
  locate(start: number, end: number, span: Span): void {
    const from = start & (this.#chunks.length - 1);
    if (from + end - start <= this.#chunks.length) {
      // Only the empty span at the very end has no chunk.
      span.bytes = this.#chunks.of(start) ?? empty;
      span.start = from;
      span.end = from + end - start;
    } else {
      this.#copy(start, end, span.claim(end - start));
    }
  }

  #copy(start: number, end: number, target: Uint8Array): void {
    for (let done = start; done < end; ) {
      const from = done & (this.#chunks.length - 1);
      const part = Math.min(end - done, this.#chunks.length - from);
      target.set((this.#chunks.of(done) ?? empty).subarray(from, from + part), done - start);
      done += part;
    }
  }
}

const empty = Buffer.alloc(0);
