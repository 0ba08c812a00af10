import { GrowingCodes } from './codes.ts';
import { TextList } from './text-list.ts';

/**
 * The texts that arrived, each distinct one kept once for as long as texts repeat. As soon as most are new, every
 * later one is kept as it comes. What has been stored is never stored again in another form.
 */
export class TextValues {
  /** The texts as stored. Distinct while `repeating`. */
  readonly texts = new TextList();
  /** The text of each value that came while `repeating`. */
  readonly #codes = new GrowingCodes();
  #known: Map<string, number> | undefined = new Map();
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

  /** The index in `texts` of the value that came as number `index`, from 0. */
  textOf(index: number): number {
    const repeating = this.#codes.length;
    return index < repeating ? this.#codes.at(index) : index - repeating + this.#textsWhileRepeating;
  }

  #pushRepeating(known: Map<string, number>, value: string): void {
    this.#codes.push(known.get(value) ?? this.#learn(known, value.toWellFormed()));
    this.#textsWhileRepeating = this.texts.count;
    if (this.texts.count > repeatingLimit(this.#count)) this.#known = undefined;
  }

  /** Values that differ in lone surrogates alone are the same text, because UTF-8 has U+FFFD for each. */
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
 * How many distinct texts `count` values may have and still count as repeating. Names are mostly new among the
 * first thousands and repeat later, so the bound is generous at first; it ends at one in eight, where keeping
 * each text in a dictionary costs as much as keeping it in every row.
 */
function repeatingLimit(count: number): number {
  return Math.max(1024, Math.min(16_384, 0.9 * count), count / 8);
}
