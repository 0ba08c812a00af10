import { LRUCache } from 'lru-cache';
import type { Value } from '../../values/value.ts';
import { Memo, type MemoSize } from './memo.ts';
import type { RowStore } from './row-store.ts';
import type { TypedColumn } from './typed-column.ts';

/** What is derived from a store, made once and shared by all queries for as long as the store is alive. */
export interface StoreCache {
  readonly columns: Memo<TypedColumn>;
  readonly ranks: Memo<RowRanks>;
  /** All rows in an order, or those that match a filter. */
  readonly orders: Memo<Uint32Array>;
  readonly rowIndexes: Memo<RowIndex>;
  readonly valueRows: Memo<ValueRows>;
  /** The rows that match a filter, ascending. */
  readonly matches: Memo<Uint32Array>;
  /** What has been asked for so far. What is asked for again is worth an effort. */
  readonly asked: LRUCache<string, true>;
}

/** The rank of each row's value, for a column that is not ranked as stored. */
export interface RowRanks {
  /** Per row 0 where NULL, else the rank of its value, from 1; equal values share one. */
  readonly codes: Uint32Array;
  /** One row for each rank: that of rank `i` is at `i - 1`. */
  readonly examples: Uint32Array;
}

/** Finds rows by the values of some columns. */
export interface RowIndex {
  readonly byteLength: number;
  /** The rows whose columns equal the values, ascending. Nothing equals null. */
  rowsOf(values: readonly (Value | null)[]): readonly number[];
}

/** The rows of each value of a ranked column. */
export interface ValueRows {
  /** By code, 0 for NULL: where its rows begin. */
  readonly starts: Uint32Array;
  /** All rows, those of each code together and ascending. */
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

/** What is remembered of a store at present, by kind; of all stores that are alive, where none is named. */
export function remembered(store?: RowStore): Readonly<Record<RememberedKind, MemoSize>> {
  const counted = store ? [cacheOf(store)] : livingCaches();
  const sizeOf = (kind: RememberedKind): MemoSize => ({
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

/** All caches that have been made, as long as their stores are alive. */
const references = new Set<WeakRef<StoreCache>>();

function livingCaches(): readonly StoreCache[] {
  return [...references].flatMap((reference) => {
    const cache = reference.deref();
    if (!cache) references.delete(reference);
    return cache ?? [];
  });
}

/** Bytes that are remembered of each kind however few rows there are. */
const leastBytes = 8 * 2 ** 20;
/** How many things are known to have been asked for. */
const mostAsked = 1000;

/** What is remembered grows with the rows, since most things take some bytes for each of them. */
function createCache({ rowCount }: RowStore): StoreCache {
  const bytes = (perRow: number) => leastBytes + perRow * rowCount;
  return {
    // Sixteen columns of four bytes a row.
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

/** Whether it was asked for before; from now on it was. */
export function askedBefore({ asked }: StoreCache, key: string): boolean {
  const before = asked.has(key);
  asked.set(key, true);
  return before;
}
