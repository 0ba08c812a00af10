import { Buffer } from 'node:buffer';

/** Bytes of texts that are encoded in memory that already exists. */
const most = 512;

const encoder = new TextEncoder();

/** The UTF-8 of one text at a time. A short text overwrites the one before, so that it takes no memory of its own. */
export class Utf8Text {
  /** The text is in the first `length` bytes. */
  bytes: Uint8Array;
  length = 0;
  readonly #reused = new Uint8Array(most);

  constructor() {
    this.bytes = this.#reused;
  }

  /** Encodes a text; a lone surrogate becomes U+FFFD. */
  set(text: string): void {
    const { read, written } = encoder.encodeInto(text, this.#reused);
    const fits = read === text.length;
    this.bytes = fits ? this.#reused : Buffer.from(text);
    this.length = fits ? written : this.bytes.length;
  }
}
