import { attributeOf, isPoolUser, type PoolUser } from './user.ts';

/**
 * The users of one pool, which may be added, changed and deleted while scans are running.
 *
 * Each username gets a sequence number when it is first added, and keeps it for ever, so that scans keep their position when the
 * pool changes. As long as nothing has changed, it is the index in the array.
 */
export class LivePool {
  /** The users as a plain array; changing it changes the pool. */
  readonly users: PoolUser[];
  readonly #rows: PoolUser[];
  #ledger: Ledger | undefined;
  /** Created when it is needed, and dropped with each change. */
  #subIndex: SubIndex | undefined;

  constructor(users: Iterable<PoolUser>) {
    this.#rows = [...users];
    this.users = new Proxy(this.#rows, {
      set: (rows, key, value) => {
        if (key === 'length') this.#cut(Number(value));
        else if (isIndex(key)) this.#replace(Number(key), value);
        return Reflect.set(rows, key, value);
      },
      deleteProperty: (rows, key) => {
        if (isIndex(key)) this.#remove(Number(key));
        return Reflect.deleteProperty(rows, key);
      },
    });
  }

  /** The current number of users. */
  get size(): number {
    return this.#rows.length;
  }

  /** The number of sequence numbers so far, which is also the next one. */
  get sequences(): number {
    return this.#ledger ? this.#ledger.users.length : this.#rows.length;
  }

  /** The current user with a sequence number; undefined if it was deleted. */
  at(sequence: number): PoolUser | undefined {
    return this.#ledger ? this.#ledger.users[sequence] : this.#rows[sequence];
  }

  /** The sequence numbers of all users whose `sub` may have this prefix; undefined if all may. */
  candidates(subPrefix: string): readonly number[] | undefined {
    this.#subIndex ??= new SubIndex(this);
    return this.#subIndex.candidates(subPrefix);
  }

  #replace(index: number, user: unknown): void {
    if (!isPoolUser(user)) throw new TypeError(`a pool consists of users, but got a ${typeof user}`);
    const ledger = this.#change();
    const before = this.#rows[index];
    ledger.enter(user);
    if (before) ledger.leave(before);
  }

  #remove(index: number): void {
    const user = this.#rows[index];
    if (user) this.#change().leave(user);
  }

  #cut(length: number): void {
    for (let index = length; index < this.#rows.length; index++) this.#remove(index);
  }

  /** Prepares for a change of the pool. */
  #change(): Ledger {
    this.#subIndex = undefined;
    this.#ledger ??= new Ledger(this.#rows);
    return this.#ledger;
  }
}

/** The number of characters of `sub` by which users are indexed: as many as the longest prefixes of a partitioned scan. */
const keyLength = 2;

/**
 * The users by the first characters of their `sub`. Without it, a scan of a million users in 256 partitions would look at each
 * user 256 times before its first page.
 */
class SubIndex {
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

  /** The sequence numbers of users whose `sub` may have this prefix; undefined if the prefix is too short. */
  candidates(prefix: string): readonly number[] | undefined {
    return prefix.length < keyLength ? undefined : (this.#sequences.get(prefix.slice(0, keyLength)) ?? []);
  }
}

/** The users by sequence number. Because it costs memory, a pool has one only once it has been changed. */
class Ledger {
  readonly users: (PoolUser | undefined)[] = [];
  /** How often each user is in the array: twice while an array method shifts its elements. */
  readonly #copies: number[] = [];
  readonly #sequences = new Map<string, number>();

  constructor(users: readonly PoolUser[]) {
    for (const user of users) this.enter(user);
  }

  enter(user: PoolUser): void {
    const sequence = this.#sequences.get(user.Username) ?? this.users.length;
    this.#sequences.set(user.Username, sequence);
    this.users[sequence] = user;
    this.#copies[sequence] = (this.#copies[sequence] ?? 0) + 1;
  }

  leave(user: PoolUser): void {
    const sequence = this.#sequences.get(user.Username);
    if (sequence === undefined) return;
    const copies = (this.#copies[sequence] ?? 0) - 1;
    this.#copies[sequence] = copies;
    if (copies === 0) this.users[sequence] = undefined;
  }
}

function isIndex(key: string | symbol): key is string {
  return typeof key === 'string' && /^\d+$/.test(key);
}
