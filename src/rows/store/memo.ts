import { LRUCache } from 'lru-cache';
import type { CacheSize } from '../../cache-size.ts';
import type { Pace } from '../../columns/pace.ts';
import type { Ready } from '../../columns/ready.ts';
import { SharedWork } from './shared-work.ts';

/** A cache of values that are computed once per key, however many callers request them at the same time. */
export class Memo<T extends object> {
  readonly #made: LRUCache<string, T>;
  readonly #underway = new Map<string, SharedWork<T>>();

  /**
   * @param maxBytes the capacity; beyond it the least recently used values are dropped
   * @param bytesOf the size of a value
   */
  constructor(maxBytes: number, bytesOf: (thing: T) => number) {
    this.#made = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: (thing, key) => overhead + 2 * key.length + bytesOf(thing),
    });
  }

  get size(): CacheSize {
    return { entries: this.#made.size, bytes: this.#made.calculatedSize };
  }

  /**
   * The value of a key, computed by `make` on first use. The work is shared by all callers that wait for it, and is
   * aborted when none is left. A failure is not cached.
   *
   * @param pace of the caller; its signal ends the wait
   */
  get(key: string, pace: Pace, make: (pace: Pace) => Promise<T>): Ready<T> {
    return this.#made.get(key) ?? this.#wait(key, pace, make);
  }

  async #wait(key: string, pace: Pace, make: (pace: Pace) => Promise<T>): Promise<T> {
    pace.signal?.throwIfAborted();
    const underway = this.#underway.get(key);
    const work = underway && !underway.abandoned ? underway : this.#begin(key, make);
    return work.wait(pace.signal);
  }

  /** The value of a key, if it has been computed already. */
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

/** An estimate of the bytes that an entry takes besides its key and value. */
const overhead = 100;
