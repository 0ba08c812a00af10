import { type WordSpan, wordsOf } from '../values/bytes.ts';

/** Bytes of answers that are written many times. */
export class ReadyBytes implements WordSpan {
  readonly bytes: Uint8Array;
  readonly words: DataView;
  readonly start = 0;
  readonly end: number;

  /** @param text is written as UTF-8 */
  constructor(text: string) {
    this.bytes = new TextEncoder().encode(text);
    this.words = wordsOf(this.bytes);
    this.end = this.bytes.length;
  }
}
