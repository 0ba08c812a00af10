import { type Pace, paced } from './pace.ts';
import { unwritten } from './unwritten.ts';

/** The items to sort: 0 to `count - 1`. */
export interface Sortable {
  readonly count: number;
  /** A number that distinguishes most items: a smaller one always sorts first. */
  readonly keys: Float64Array;
  /** Compares two items with the same key. */
  compareTied(a: number, b: number): number;
}

/** How many items are merged between two checks of the clock. */
const stride = 1024;

/** Sorts the items in ascending order, stably. It is a bottom-up merge sort, which can pause anywhere. */
export async function sorted(items: Sortable, pace: Pace): Promise<Uint32Array> {
  const { count } = items;
  const newOrder = () => new Uint32Array(unwritten(Uint32Array.BYTES_PER_ELEMENT * count));
  let from = newOrder();
  let to = newOrder();
  await paced(count, pace, (i) => {
    from[i] = i;
  });
  for (let width = 1; width < count; width *= 2) {
    const merge = new Merge(items, from, to, width);
    while (!merge.advance(stride)) if (pace.due) await pace.pause();
    [from, to] = [to, from];
  }
  return from;
}

/** One pass that merges neighbouring runs of `width` sorted items into runs of twice that. */
class Merge {
  readonly #items: Sortable;
  readonly #from: Uint32Array;
  readonly #to: Uint32Array;
  readonly #width: number;
  #left = 0;
  #leftEnd = 0;
  #right = 0;
  #rightEnd = 0;
  #out = 0;

  constructor(items: Sortable, from: Uint32Array, to: Uint32Array, width: number) {
    this.#items = items;
    this.#from = from;
    this.#to = to;
    this.#width = width;
  }

  /** Merges about `steps` more items; true when the pass is complete. */
  advance(steps: number): boolean {
    const from = this.#from;
    const to = this.#to;
    const end = Math.min(this.#out + steps, from.length);
    while (this.#out < end) {
      if (this.#out === this.#rightEnd) this.#nextRuns();
      const takeLeft = this.#right === this.#rightEnd || (this.#left < this.#leftEnd && this.#leftIsFirst());
      to[this.#out++] = from[takeLeft ? this.#left++ : this.#right++] ?? 0;
    }
    return this.#out === from.length;
  }

  #nextRuns(): void {
    const count = this.#from.length;
    this.#left = this.#rightEnd;
    this.#leftEnd = Math.min(this.#left + this.#width, count);
    this.#right = this.#leftEnd;
    this.#rightEnd = Math.min(this.#right + this.#width, count);
  }

  #leftIsFirst(): boolean {
    const { keys } = this.#items;
    const left = this.#from[this.#left] ?? 0;
    const right = this.#from[this.#right] ?? 0;
    const difference = (keys[left] ?? 0) - (keys[right] ?? 0);
    return (difference || this.#items.compareTied(left, right)) <= 0;
  }
}
