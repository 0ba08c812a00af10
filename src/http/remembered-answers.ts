import { LRUCache } from 'lru-cache';
import type { RequestScope } from '../graphql/request-scope.ts';
import type { Table } from '../model/model.ts';
import type { RowStore } from '../rows/store/row-store.ts';
import type { PreparedOperation } from './prepare.ts';
import type { Variables } from './receive.ts';

/** Bytes that all remembered answers may take together. */
const capacity = 32 * 1024 * 1024;
/** Bytes of the largest answer that is remembered. */
const largestAnswer = 256 * 1024;
/** Characters of the longest values of variables with which an answer is remembered. */
const longestVariables = 1_000;
/** How many questions are known to have been asked once. */
const mostAsked = 10_000;
/** Bytes that an answer takes beside its own and its key: an estimate. */
const overhead = 500;

/** An answer, and what it rests on. */
interface RememberedAnswer {
  readonly bytes: Uint8Array;
  readonly reads: readonly Read[];
}

/** A table that an answer rests on. */
interface Read {
  readonly table: Table;
  /** Held weakly, so that no answer keeps a snapshot alive. */
  readonly store: WeakRef<RowStore>;
  readonly rowsMatched: number | undefined;
}

/**
 * The answers of questions that were asked at least twice: an operation with the values of its variables. They are
 * exact, because snapshots do not change: an answer is good for as long as its snapshots are what a request would
 * read, and no policy hides rows from the caller.
 */
export class RememberedAnswers {
  readonly #answers = new LRUCache<string, RememberedAnswer>({
    maxSize: capacity,
    maxEntrySize: largestAnswer,
    sizeCalculation: ({ bytes }, key) => bytes.length + 2 * key.length + overhead,
  });
  readonly #asked = new LRUCache<string, true>({ max: mostAsked });
  readonly #numbers = new WeakMap<PreparedOperation, number>();
  readonly #references = new WeakMap<RowStore, WeakRef<RowStore>>();
  #operations = 0;

  /** How many answers there are, and what they take. */
  get size(): { readonly entries: number; readonly bytes: number } {
    return { entries: this.#answers.size, bytes: this.#answers.calculatedSize };
  }

  /** What a question is known by; undefined where its answer is not remembered. */
  keyOf(prepared: PreparedOperation, variables: Variables): string | undefined {
    const values = JSON.stringify(variables);
    if (values.length > longestVariables) return undefined;
    const number = this.#numbers.get(prepared) ?? ++this.#operations;
    this.#numbers.set(prepared, number);
    return `${number} ${values}`;
  }

  /** The answer, where it is still good. The snapshots that it rests on are read, as they would be to compute it. */
  async find(key: string, scope: RequestScope): Promise<Uint8Array | undefined> {
    const answer = this.#answers.get(key);
    if (!answer) return undefined;
    for (const { table, store } of answer.reads) {
      if (!scope.seesAll(table)) return undefined;
      const { store: current } = await scope.view(table);
      if (current !== store.deref()) return undefined;
    }
    for (const { table, rowsMatched } of answer.reads) {
      if (rowsMatched !== undefined) scope.countMatches(table, rowsMatched);
    }
    return answer.bytes;
  }

  /** Remembers an answer without errors, where its question was asked before. */
  remember(key: string, [bytes, ...others]: readonly Uint8Array[], scope: RequestScope): void {
    if (!this.#asked.has(key)) {
      this.#asked.set(key, true);
      return;
    }
    const scans = [...scope.scans.values()];
    if (!bytes || others.length > 0 || scans.length === 0) return;
    if (!scans.every(({ table }) => scope.seesAll(table))) return;
    const reads = scans.map(({ table, read, rowsMatched }) => ({
      table,
      store: this.#referenceTo(read.snapshot),
      rowsMatched,
    }));
    this.#answers.set(key, { bytes, reads });
  }

  /** One for all answers, since each costs the garbage collector more than an answer does. */
  #referenceTo(store: RowStore): WeakRef<RowStore> {
    const known = this.#references.get(store);
    if (known) return known;
    const created = new WeakRef(store);
    this.#references.set(store, created);
    return created;
  }
}
