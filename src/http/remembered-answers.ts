import { LRUCache } from 'lru-cache';
import type { RequestScope } from '../graphql/request-scope.ts';
import type { Table } from '../model/model.ts';
import type { RowStore } from '../rows/store/row-store.ts';
import type { Asked } from './asked.ts';
import { LatelySeen, type RememberedSize } from './lately-seen.ts';
import type { PreparedOperation } from './prepare.ts';

/** Bytes that all remembered answers may take together. */
const capacity = 16 * 1024 * 1024;
/** Bytes of the largest answer that is remembered. */
const largestAnswer = 256 * 1024;
/** Characters of the longest values of variables with which an answer is remembered. */
const longestVariables = 1_000;
/** Bytes in which a character may come that JSON has escaped, as a rule. */
const mostEscaped = 6;
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
  /** The number of its snapshot, so that no answer keeps one alive. */
  readonly store: number;
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
  readonly #asked = new LatelySeen();
  readonly #stores = new WeakMap<RowStore, number>();
  #knownStores = 0;

  /** How many answers there are, and what they take. */
  get size(): RememberedSize {
    return { entries: this.#answers.size, bytes: this.#answers.calculatedSize };
  }

  /** What a question is known by; undefined where its answer is not remembered. */
  keyOf(prepared: PreparedOperation, asked: Asked): string | undefined {
    // The variables may not have been checked yet.
    if (asked.variableBytes > mostEscaped * longestVariables) return undefined;
    const values = asked.variableText ?? JSON.stringify(asked.variables);
    return values.length > longestVariables ? undefined : `${prepared.number} ${values}`;
  }

  /**
   * The answer, where it is still good. The snapshots that it rests on are those that the scope reads, as it would to
   * compute it; where one is not at hand, the answer is computed.
   */
  find(key: string, scope: RequestScope): Uint8Array | undefined {
    const answer = this.#answers.get(key);
    if (!answer) return undefined;
    for (const { table, store } of answer.reads) {
      if (!scope.seesAll(table)) return undefined;
      const view = scope.viewAtHand(table);
      if (!view || this.#stores.get(view.store) !== store) return undefined;
    }
    for (const { table, rowsMatched } of answer.reads) {
      if (rowsMatched !== undefined) scope.countMatches(table, rowsMatched);
    }
    return answer.bytes;
  }

  /** Remembers an answer without errors, where its question was asked before. */
  remember(key: string, [bytes, ...others]: readonly Uint8Array[], scope: RequestScope): void {
    if (!this.#asked.see(key)) return;
    const { scans } = scope;
    if (!bytes || others.length > 0 || scans.length === 0) return;
    if (!scans.every(({ table }) => scope.seesAll(table))) return;
    const reads = scans.map(({ table, read, rowsMatched }) => ({
      table,
      store: this.#numberOf(read.snapshot),
      rowsMatched,
    }));
    // A copy, since the bytes of a small answer are part of a larger piece of memory, which they would keep.
    this.#answers.set(key, { bytes: Uint8Array.from(bytes), reads });
  }

  #numberOf(store: RowStore): number {
    const known = this.#stores.get(store);
    if (known !== undefined) return known;
    this.#knownStores++;
    this.#stores.set(store, this.#knownStores);
    return this.#knownStores;
  }
}
