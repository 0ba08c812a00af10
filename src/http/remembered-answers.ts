import { LRUCache } from 'lru-cache';
import type { CacheSize } from '../cache-size.ts';
import type { RequestScope } from '../graphql/request-scope.ts';
import type { Table } from '../model/model.ts';
import type { RowStore } from '../rows/store/row-store.ts';
import { LatelySeen } from './lately-seen.ts';
import type { PreparedOperation } from './prepare.ts';
import type { Asked } from './request/asked.ts';

/** The maximum size of all cached answers, in bytes. */
const capacity = 16 * 1024 * 1024;
/** The size of the largest answer that is cached, in bytes. */
const largestAnswer = 256 * 1024;
/** The maximum length of the variables' JSON for an answer to be cached. */
const longestVariables = 1_000;
/** The bytes of a character that is escaped in JSON. */
const mostEscaped = 6;
/** The estimated size of an entry in addition to its answer and its key. */
const overhead = 500;

/** An answer, and the snapshots on which it is based. */
interface RememberedAnswer {
  readonly bytes: Uint8Array;
  readonly reads: readonly Read[];
}

/** A table on which an answer is based. */
interface Read {
  readonly table: Table;
  /** The number of its snapshot, instead of the snapshot itself, which would be kept alive. */
  readonly store: number;
  readonly rowsMatched: number | undefined;
}

/**
 * Caches the answers of questions (an operation with its variables) that have been asked at least twice. They are exact, because
 * snapshots are immutable: an answer is used as long as a request would read the same snapshots, and only for callers from whom
 * no policy hides rows.
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

  /** The number and size of the cached answers. */
  get size(): CacheSize {
    return { entries: this.#answers.size, bytes: this.#answers.calculatedSize };
  }

  /** The key of a question; undefined if its answer is not cached. */
  keyOf(prepared: PreparedOperation, asked: Asked): string | undefined {
    // The variables may not have been checked yet.
    if (asked.variableBytes > mostEscaped * longestVariables) return undefined;
    const values = asked.variableText ?? JSON.stringify(asked.variables);
    return values.length > longestVariables ? undefined : `${prepared.number} ${values}`;
  }

  /**
   * The cached answer, if it is based on the snapshots that the scope reads. The scope then holds these, as if it had computed
   * the answer.
   */
  find(key: string, scope: RequestScope): Uint8Array | undefined {
    const answer = this.#answers.get(key);
    if (!answer) return undefined;
    for (const { table, store } of answer.reads) {
      if (!scope.seesAll(table)) return undefined;
      const snapshot = scope.snapshotAtHand(table);
      if (!snapshot || this.#stores.get(snapshot) !== store) return undefined;
    }
    for (const { table, rowsMatched } of answer.reads) {
      if (rowsMatched !== undefined) scope.countMatches(table, rowsMatched);
    }
    return answer.bytes;
  }

  /** Caches an answer without errors, if its question was asked before. */
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
    // A copy, because a small answer is part of a larger buffer, which it would keep alive.
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
