import { GrowingCodes } from './codes.ts';
import { DistinctTexts } from './distinct-texts.ts';
import type { TextList } from './text-list.ts';

/**
 * The texts that arrived. As long as texts repeat, each distinct one is stored once; as soon as most are new, every
 * later one is stored as it comes. What has been stored is never rewritten in another form.
 */
export class TextValues {
  /** The texts as stored. Distinct while `repeating`. */
  readonly texts: TextList;
  /** The text of each value that arrived while `repeating`. */
  readonly #codes = new GrowingCodes();
  #known: DistinctTexts | undefined;
  /**
   * Recent texts, by `recentPlace`: in a column of few values, most are among them, and comparing two texts is cheaper
   * than hashing one. Those that arrived as bytes are numbers of texts; those that arrived as strings are kept as such.
   */
  #recentBytes: Int32Array | undefined;
  readonly #recentStrings: RecentString[] = [];
  #count = 0;
  #textsWhileRepeating = 0;

  constructor() {
    const known = new DistinctTexts();
    this.#known = known;
    this.texts = known.texts;
  }

  /** How many values there are. */
  get count(): number {
    return this.#count;
  }

  get byteLength(): number {
    return this.texts.totalBytes + this.#codes.byteLength;
  }

  /** Whether equal values still share one text. */
  get repeating(): boolean {
    return this.#known !== undefined;
  }

  push(value: string): void {
    this.#count++;
    if (value.length > longestKnown) this.#stopRepeating();
    if (!this.#known) {
      this.texts.push(value);
      return;
    }
    const place = recentPlace(value.length, value.charCodeAt(0), value.charCodeAt(value.length - 1));
    const recent = this.#recentStrings[place];
    if (recent?.value === value) {
      this.#codes.push(recent.text);
      return;
    }
    const text = this.#known.add(value);
    if (value.length <= longestRecent) this.#recentStrings[place] = { value, text };
    this.#pushRepeating(text);
  }

  /** The same with the value's UTF-8, in `bytes` from `start` to `end`. */
  pushBytes(bytes: Buffer, start: number, end: number): void {
    this.#count++;
    if (end - start > longestKnown) this.#stopRepeating();
    if (!this.#known) {
      this.texts.pushBytes(bytes, start, end);
      return;
    }
    const place = recentPlace(end - start, bytes[start] ?? 0, bytes[end - 1] ?? 0);
    this.#recentBytes ??= new Int32Array(recentLength).fill(-1);
    const recent = this.#recentBytes[place] ?? -1;
    if (recent >= 0 && this.texts.equals(recent, bytes, start, end)) {
      this.#codes.push(recent);
      return;
    }
    const text = this.#known.addBytes(bytes, start, end);
    this.#recentBytes[place] = text;
    this.#pushRepeating(text);
  }

  /** The index in `texts` of the value that arrived at position `index`, from 0. */
  textOf(index: number): number {
    const repeating = this.#codes.length;
    return index < repeating ? this.#codes.at(index) : index - repeating + this.#textsWhileRepeating;
  }

  #pushRepeating(text: number): void {
    this.#codes.push(text);
    this.#textsWhileRepeating = this.texts.count;
    if (this.texts.count > repeatingLimit(this.#count)) this.#stopRepeating();
  }

  #stopRepeating(): void {
    this.#known = undefined;
    this.#recentBytes = undefined;
    this.#recentStrings.length = 0;
  }
}

/**
 * The longest text whose repetitions are found. Hashing a text of some megabytes would block the event loop for
 * milliseconds, and texts of that size seldom repeat.
 */
const longestKnown = 1 << 16;

/** The longest string that is kept: a table has up to a thousand columns, whose recent strings nothing else counts. */
const longestRecent = 64;

/** A recent string, and the number of its text. */
interface RecentString {
  readonly value: string;
  readonly text: number;
}

const recentLength = 256;

/** Where a text is remembered, by its length and its first and last unit. */
function recentPlace(length: number, first: number, last: number): number {
  return (31 * length + 7 * first + last) & (recentLength - 1);
}

/**
 * How many distinct texts `count` values may have and still count as repeating. Names are mostly new among the first
 * thousands and repeat later, so the limit is generous at first. It falls to one in eight, where a dictionary costs as
 * much as storing the text in every row.
 */
function repeatingLimit(count: number): number {
  return Math.max(1024, Math.min(16_384, 0.9 * count), count / 8);
}
