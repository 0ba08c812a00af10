import { attributeOf, isPoolUser, type PoolUser } from './user.ts';

/**
 * The users of one pool, which tests may add, change and delete while scans are under way.
 *
 * Each username has a sequence number, given when the pool first sees it and kept for ever, so that a scan's place
 * in the pool survives whatever happens around it. As long as nothing has changed, it is the index in the array.
 */
export class LivePool {
  /** The users as a plain array; changing it changes the pool. */
  readonly users: PoolUser[];
  readonly #rows: PoolUser[];
  #ledger: Ledger | undefined;
  /** Undefined from each change until it is needed again. */
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

  /** How many users there are now. */
  get size(): number {
    return this.#rows.length;
  }

  /** How many sequence numbers are given; the next new user gets this one. */
  get sequences(): number {
    return this.#ledger ? this.#ledger.users.length : this.#rows.length;
  }

  /** The user of a sequence number as it is now; undefined where it was deleted. */
  at(sequence: number): PoolUser | undefined {
    return this.#ledger ? this.#ledger.users[sequence] : this.#rows[sequence];
  }

  /** Sequence numbers of all users that may have such a `sub`; undefined where that may be anyone. */
  candidates(subPrefix: string): readonly number[] | undefined {
    this.#subIndex ??= new SubIndex(this);
    return this.#subIndex.candidates(subPrefix);
  }

  #replace(index: number, user: unknown): void {
    if (!isPoolUser(user)) throw new TypeError(`a pool must hold users, but got ${typeof user}`);
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

  /** Prepares for a change of who is in the pool. */
  #change(): Ledger {
    this.#subIndex = undefined;
    this.#ledger ??= new Ledger(this.#rows);
    return this.#ledger;
  }
}

/** How many characters of `sub` the index tells apart: as many as the most prefixes a scan is partitioned by. */
const keyLength = 2;

/**
 * Who may match `sub ^= "prefix"`. A scan of a million users in 256 parts would otherwise look at each of them 256
 * times before its first page.
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

  /** Sequence numbers of users that may have such a `sub`; undefined where the prefix is too short to tell. */
  candidates(prefix: string): readonly number[] | undefined {
    return prefix.length < keyLength ? undefined : (this.#sequences.get(prefix.slice(0, keyLength)) ?? []);
  }
}

/** Who is in the pool, by sequence number. It costs memory, so that a pool has one from its first change on. */
class Ledger {
  readonly users: (PoolUser | undefined)[] = [];
  /** How often each is in the array: while an array method shifts its elements, one can be there twice. */
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
