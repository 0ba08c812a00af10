import type { HashIndex } from '../key/hash-index.ts';
import type { RowRanks } from '../order/row-ranks.ts';
import { Memo } from './memo.ts';
import type { RowStore } from './row-store.ts';
import type { TypedColumn } from './typed-column.ts';

/** What is derived from a store, made once and shared by all queries for as long as the store is alive. */
export interface StoreCache {
  readonly columns: Memo<TypedColumn>;
  readonly ranks: Memo<RowRanks>;
  readonly orders: Memo<Uint32Array>;
  readonly hashIndexes: Memo<HashIndex>;
}

/** How many orders of all rows are kept. Each takes four bytes a row. */
const mostOrders = 16;

const caches = new WeakMap<RowStore, StoreCache>();

/** The store's cache. */
export function cacheOf(store: RowStore): StoreCache {
  const known = caches.get(store);
  if (known) return known;
  const cache: StoreCache = {
    columns: new Memo(),
    ranks: new Memo(),
    orders: new Memo(mostOrders),
    hashIndexes: new Memo(),
  };
  caches.set(store, cache);
  return cache;
}
