import { GrowingCodes } from './codes.ts';
import { TextList } from './text-list.ts';

/**
 * The texts that arrived. As long as texts repeat, each distinct one is stored once; as soon as most are new, every
 * later one is stored as it comes. What has been stored is never rewritten in another form.
 */
export class TextValues {
  /** The texts as stored. Distinct while `repeating`. */
  readonly texts = new TextList();
  /** The text of each value that arrived while `repeating`. */
  readonly #codes = new GrowingCodes();
  #known: Map<string, number> | undefined = new Map();
  /** Texts that came as bytes lately, each at a place that follows from its length and two bytes of it. */
  readonly #recent = new Int32Array(256).fill(-1);
  #count = 0;
  #textsWhileRepeating = 0;

  /** How many values there are. */
  get count(): number {
    return this.#count;
  }

  /** Whether equal values still share one text. */
  get repeating(): boolean {
    return this.#known !== undefined;
  }

  push(value: string): void {
    this.#count++;
    if (this.#known) this.#pushRepeating(this.#known, value);
    else this.texts.push(value);
  }

  /** The same with the value's UTF-8, in `bytes` from `start` to `end`. */
  pushBytes(bytes: Buffer, start: number, end: number): void {
    if (!this.#known) {
      this.#count++;
      this.texts.pushBytes(bytes, start, end);
      return;
    }
    // Of few values most have been seen a moment ago, and to compare bytes is cheaper than to make a string of them.
    const place =
      (31 * (end - start) + 7 * (bytes[start] ?? 0) + (bytes[end - 1] ?? 0)) % this.#recent.length;
    const code = this.#recent[place] ?? -1;
    if (code >= 0 && this.texts.equals(code, bytes, start, end)) {
      this.#count++;
      this.#codes.push(code);
      return;
    }
    this.push(bytes.toString('utf8', start, end));
    this.#recent[place] = this.textOf(this.#count - 1);
  }

  /** The index in `texts` of the value that arrived at position `index`, from 0. */
  textOf(index: number): number {
    const repeating = this.#codes.length;
    return index < repeating ? this.#codes.at(index) : index - repeating + this.#textsWhileRepeating;
  }

  #pushRepeating(known: Map<string, number>, value: string): void {
    this.#codes.push(known.get(value) ?? this.#learn(known, value.toWellFormed()));
    this.#textsWhileRepeating = this.texts.count;
    if (this.texts.count > repeatingLimit(this.#count)) this.#known = undefined;
  }

  /** Values that differ only in lone surrogates are the same text, because each becomes U+FFFD in UTF-8. */
  #learn(known: Map<string, number>, value: string): number {
    const code = known.get(value) ?? this.texts.count;
    if (code === this.texts.count) {
      this.texts.push(value);
      known.set(value, code);
    }
    return code;
  }
}

/**
 * How many distinct texts `count` values may have and still count as repeating. Names are mostly new among the first
 * thousands and repeat later, so the limit is generous at first. It falls to one in eight, where a dictionary costs as
 * much as storing the text in every row.
 */
function repeatingLimit(count: number): number {
  return Math.max(1024, Math.min(16_384, 0.9 * count), count / 8);
}
