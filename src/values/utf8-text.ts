import { Buffer } from 'node:buffer';
import { type WordSpan, wordsOf } from './bytes.ts';

/** Bytes of texts that are encoded in memory that already exists. */
const most = 512;

const encoder = new TextEncoder();

/** The UTF-8 of one text at a time. A short text overwrites the one before, so that it takes no memory of its own. */
export class Utf8Text implements WordSpan {
  bytes: Uint8Array;
  words: DataView;
  readonly start = 0;
  end = 0;
  readonly #reused = new Uint8Array(most);
  readonly #reusedWords = wordsOf(this.#reused);

  constructor() {
    this.bytes = this.#reused;
    this.words = this.#reusedWords;
  }

  /** Encodes a text; a lone surrogate becomes U+FFFD. */
  set(text: string): void {
    const { read, written } = encoder.encodeInto(text, this.#reused);
    if (read === text.length) {
      this.bytes = this.#reused;
      this.words = this.#reusedWords;
      this.end = written;
    } else {
      this.bytes = Buffer.from(text);
      this.words = wordsOf(this.bytes);
      this.end = this.bytes.length;
    }
  }
}
