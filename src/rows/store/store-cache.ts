import { LRUCache } from 'lru-cache';
import type { CacheSize } from '../../cache-size.ts';
import type { Value } from '../../values/value.ts';
import { Memo } from './memo.ts';
import type { RowStore } from './row-store.ts';
import type { TypedColumn } from './typed-column.ts';

/** What is derived from a store: computed once, and shared by all queries as long as the store is alive. */
export interface StoreCache {
  readonly columns: Memo<TypedColumn>;
  readonly ranks: Memo<RowRanks>;
  /** All rows in an order, or those that match a filter. */
  readonly orders: Memo<Uint32Array>;
  readonly rowIndexes: Memo<RowIndex>;
  readonly valueRows: Memo<ValueRows>;
  /** The rows that match a filter, ascending. */
  readonly matches: Memo<Uint32Array>;
  /** The keys requested so far. What is requested again is worth caching. */
  readonly asked: LRUCache<string, true>;
}

/** The rank of each row's value, for a column that is not stored ranked. */
export interface RowRanks {
  /** The rank of each row's value, from 1; 0 if NULL. Equal values share a rank. */
  readonly codes: Uint32Array;
  /** One row of each rank: that of rank `i` is at `i - 1`. */
  readonly examples: Uint32Array;
}

/** Finds rows by the values of some columns. */
export interface RowIndex {
  readonly byteLength: number;
  /** The rows whose columns equal the values, in ascending order. Nothing equals null. */
  rowsOf(values: readonly (Value | null)[]): readonly number[];
}

/** The rows of each value of a ranked column. */
export interface ValueRows {
  /** For each code (0 is NULL), where its rows begin. */
  readonly starts: Uint32Array;
  /** All rows, grouped by code, ascending within each group. */
  readonly rows: Uint32Array;
}

const caches = new WeakMap<RowStore, StoreCache>();

/** The store's cache. */
export function cacheOf(store: RowStore): StoreCache {
  const known = caches.get(store);
  if (known) return known;
  const created = createCache(store);
  caches.set(store, created);
  references.add(new WeakRef(created));
  return created;
}

type RememberedKind = Exclude<keyof StoreCache, 'asked'>;

/** The current cache sizes of a store, by kind; of all live stores if none is given. */
export function remembered(store?: RowStore): Readonly<Record<RememberedKind, CacheSize>> {
  const counted = store ? [cacheOf(store)] : livingCaches();
  const sizeOf = (kind: RememberedKind): CacheSize => ({
    entries: counted.reduce((sum, cache) => sum + cache[kind].size.entries, 0),
    bytes: counted.reduce((sum, cache) => sum + cache[kind].size.bytes, 0),
  });
  return {
    columns: sizeOf('columns'),
    ranks: sizeOf('ranks'),
    orders: sizeOf('orders'),
    rowIndexes: sizeOf('rowIndexes'),
    valueRows: sizeOf('valueRows'),
    matches: sizeOf('matches'),
  };
}

/** The caches of all live stores. */
const references = new Set<WeakRef<StoreCache>>();

function livingCaches(): readonly StoreCache[] {
  return [...references].flatMap((reference) => {
    const cache = reference.deref();
    if (!cache) references.delete(reference);
    return cache ?? [];
  });
}

/** The least capacity of each kind of cache in bytes, however few rows there are. */
const leastBytes = 4 * 2 ** 20;
/** The most keys that are kept as requested before. */
const mostAsked = 1000;

/** Capacities grow with the number of rows, since most cached values take some bytes per row. */
function createCache({ rowCount }: RowStore): StoreCache {
  const bytes = (perRow: number) => leastBytes + perRow * rowCount;
  return {
    // Sixteen columns of four bytes per row.
    columns: new Memo(bytes(64), ({ ownBytes }) => ownBytes),
    // Four of eight.
    ranks: new Memo(bytes(32), ({ codes, examples }) => codes.byteLength + examples.byteLength),
    // Eight of four.
    orders: new Memo(bytes(32), ({ byteLength }) => byteLength),
    // Three of twelve.
    rowIndexes: new Memo(bytes(36), ({ byteLength }) => byteLength),
    // Four of four and a little more.
    valueRows: new Memo(bytes(20), ({ starts, rows }) => starts.byteLength + rows.byteLength),
    // Eight of four.
    matches: new Memo(bytes(32), ({ byteLength }) => byteLength),
    asked: new LRUCache({ max: mostAsked }),
  };
}

/** Whether the key was requested before. Notes the request. */
export function askedBefore({ asked }: StoreCache, key: string): boolean {
  const before = asked.has(key);
  asked.set(key, true);
  return before;
}
