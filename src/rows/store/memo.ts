import { LRUCache } from 'lru-cache';
import type { Pace } from '../../columns/pace.ts';
import { SharedWork } from './shared-work.ts';

/** How much is remembered of one kind of thing. */
export interface MemoSize {
  readonly entries: number;
  readonly bytes: number;
}

/** Things that are made once each, by key, however many ask for them at the same time. */
export class Memo<T extends object> {
  readonly #made: LRUCache<string, T>;
  readonly #underway = new Map<string, SharedWork<T>>();

  /**
   * @param maxBytes how much is kept; beyond it, what was asked for longest ago goes
   * @param bytesOf what a thing takes
   */
  constructor(maxBytes: number, bytesOf: (thing: T) => number) {
    this.#made = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: (thing, key) => overhead + 2 * key.length + bytesOf(thing),
    });
  }

  get size(): MemoSize {
    return { entries: this.#made.size, bytes: this.#made.calculatedSize };
  }

  /**
   * The thing of that key, made by `make` where it is asked for the first time. It is made for all who wait for it,
   * and no longer than someone does. A failure is not remembered.
   *
   * @param pace whose signal ends the waiting
   */
  async get(key: string, pace: Pace, make: (pace: Pace) => Promise<T>): Promise<T> {
    const made = this.#made.get(key);
    if (made) return made;
    pace.signal?.throwIfAborted();
    const underway = this.#underway.get(key);
    const work = underway && !underway.abandoned ? underway : this.#begin(key, make);
    return work.wait(pace.signal);
  }

  /** The thing of that key, where it has been made already. */
  peek(key: string): T | undefined {
    return this.#made.get(key);
  }

  #begin(key: string, make: (pace: Pace) => Promise<T>): SharedWork<T> {
    const work = new SharedWork(async (pace) => {
      try {
        const made = await make(pace);
        this.#made.set(key, made);
        return made;
      } finally {
        if (this.#underway.get(key) === work) this.#underway.delete(key);
      }
    });
    this.#underway.set(key, work);
    return work;
  }
}

/** Bytes that an entry takes beside its key and its thing: an estimate. */
const overhead = 100;
