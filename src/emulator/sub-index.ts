import type { LivePool } from './live-pool.ts';
import { attributeOf } from './user.ts';

/** How many characters of `sub` the index tells apart: as many as the most prefixes a scan is partitioned by. */
const keyLength = 2;

/**
 * Who may match `sub ^= "prefix"`. A scan of a million users in 256 parts would otherwise look at each of them 256
 * times before its first page.
 */
export class SubIndex {
  readonly #sequences = new Map<string, number[]>();

  constructor(pool: LivePool) {
    for (let sequence = 0; sequence < pool.sequences; sequence++) {
      const user = pool.at(sequence);
      const key = user && attributeOf(user, 'sub')?.slice(0, keyLength);
      if (key === undefined) continue;
      const sequences = this.#sequences.get(key);
      if (sequences) sequences.push(sequence);
      else this.#sequences.set(key, [sequence]);
    }
  }

  /** Sequence numbers of users that may have such a `sub`; undefined where the prefix is too short to tell. */
  candidates(prefix: string): readonly number[] | undefined {
    return prefix.length < keyLength ? undefined : (this.#sequences.get(prefix.slice(0, keyLength)) ?? []);
  }
}
