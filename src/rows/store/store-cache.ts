import type { HashIndex } from '../key/hash-index.ts';
import type { RowRanks } from '../order/row-ranks.ts';
import { Memo, type MemoSize } from './memo.ts';
import type { RowStore } from './row-store.ts';
import type { TypedColumn } from './typed-column.ts';

/** What is derived from a store, made once and shared by all queries for as long as the store is alive. */
export interface StoreCache {
  readonly columns: Memo<TypedColumn>;
  readonly ranks: Memo<RowRanks>;
  readonly orders: Memo<Uint32Array>;
  readonly hashIndexes: Memo<HashIndex>;
}

const caches = new WeakMap<RowStore, StoreCache>();

/** The store's cache. */
export function cacheOf(store: RowStore): StoreCache {
  const known = caches.get(store);
  if (known) return known;
  const created = createCache(store);
  caches.set(store, created);
  return created;
}

/** What is remembered of a store at present, by kind. */
export function rememberedOf(store: RowStore): Readonly<Record<keyof StoreCache, MemoSize>> {
  const { columns, ranks, orders, hashIndexes } = cacheOf(store);
  return {
    columns: columns.size,
    ranks: ranks.size,
    orders: orders.size,
    hashIndexes: hashIndexes.size,
  };
}

/** Bytes that are remembered of each kind however few rows there are. */
const leastBytes = 16 * 2 ** 20;

/** What is remembered grows with the rows, since each thing takes some bytes a row. */
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
    hashIndexes: new Memo(bytes(36), ({ byteLength }) => byteLength),
  };
}
