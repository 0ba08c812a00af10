import type { UserFilter } from './filter.ts';
import type { LivePool } from './live-pool.ts';
import { permuted } from './random.ts';
import type { PoolUser } from './user.ts';

/** What a token is valid with. */
export interface ChainParameters {
  readonly poolId: string;
  readonly limit: number;
  readonly filter: string | undefined;
  readonly attributesToGet: readonly string[] | undefined;
}

/**
 * One scan, from its first page to its last: the order in which its tokens lead through the pool.
 *
 * A place in that order belongs to one user for ever. The users of the beginning come first, shuffled; those who
 * arrive later follow. So nobody comes twice, nobody who was there all along is missed, and whoever is deleted
 * before their turn does not come.
 */
export class Chain {
  readonly parameters: ChainParameters;
  readonly #pool: LivePool;
  readonly #filter: UserFilter | undefined;
  readonly #seed: number;
  /** The sequence numbers of the users that match; undefined where there is no filter. */
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

  /** How many sequence numbers the scan has to remember. */
  get weight(): number {
    return this.#base?.length ?? 0;
  }

  /** The first place from `place` on that has a user now; undefined where the scan is at its end. */
  nextPlace(place: number): number | undefined {
    const end = this.#baseSize + this.#pool.sequences - this.#firstArrival;
    for (let candidate = place; candidate < end; candidate++) if (this.userAt(candidate)) return candidate;
    return undefined;
  }

  /** The user at a place; undefined where the user is gone or matches no longer. */
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
