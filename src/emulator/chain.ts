import type { UserFilter } from './filter.ts';
import type { LivePool } from './live-pool.ts';
import { permuted } from './random.ts';
import type { PoolUser } from './user.ts';

/** The parameters for which a token is valid. */
export interface ChainParameters {
  readonly poolId: string;
  readonly limit: number;
  readonly filter: string | undefined;
  readonly attributesToGet: readonly string[] | undefined;
}

/**
 * The order of users in one scan. Each place in it belongs to one user, whatever changes in the pool: first the users that
 * existed when the scan began, shuffled, then those that were added later. So no user is returned twice, none that existed all
 * the time is missed, and none that was deleted before its turn is returned.
 */
export class Chain {
  readonly parameters: ChainParameters;
  readonly #pool: LivePool;
  readonly #filter: UserFilter | undefined;
  readonly #seed: number;
  /** The sequence numbers of the users that match; undefined without a filter. */
  readonly #base: Uint32Array | undefined;
  readonly #baseSize: number;
  readonly #firstArrival: number;

  constructor(parameters: ChainParameters, pool: LivePool, filter: UserFilter | undefined, seed: number) {
    this.parameters = parameters;
    this.#pool = pool;
    this.#filter = filter;
    this.#seed = seed;
    this.#firstArrival = pool.sequences;
    this.#base = filter && matchingSequences(pool, filter);
    this.#baseSize = this.#base?.length ?? this.#firstArrival;
  }

  /** The number of sequence numbers that the scan stores. */
  get weight(): number {
    return this.#base?.length ?? 0;
  }

  /** The first place from `place` on that has a user now; undefined at the end of the scan. */
  nextPlace(place: number): number | undefined {
    const end = this.#baseSize + this.#pool.sequences - this.#firstArrival;
    for (let candidate = place; candidate < end; candidate++) if (this.userAt(candidate)) return candidate;
    return undefined;
  }

  /** The user at a place; undefined if it was deleted or no longer matches. */
  userAt(place: number): PoolUser | undefined {
    const user = this.#pool.at(this.#sequenceAt(place));
    return user && (!this.#filter || this.#filter.matches(user)) ? user : undefined;
  }

  #sequenceAt(place: number): number {
    if (place >= this.#baseSize) return this.#firstArrival + place - this.#baseSize;
    const item = permuted(place, this.#baseSize, this.#seed);
    return this.#base?.[item] ?? item;
  }
}

function matchingSequences(pool: LivePool, filter: UserFilter): Uint32Array {
  const candidates = filter.subPrefix === undefined ? undefined : pool.candidates(filter.subPrefix);
  const count = candidates?.length ?? pool.sequences;
  const sequences: number[] = [];
  for (let index = 0; index < count; index++) {
    const sequence = candidates?.[index] ?? index;
    const user = pool.at(sequence);
    if (user && filter.matches(user)) sequences.push(sequence);
  }
  return Uint32Array.from(sequences);
}
