import type { Pace } from '../../columns/pace.ts';
import { mapReady, type Ready, whenReady } from '../../columns/ready.ts';
import type { Column } from '../../model/model.ts';
import type { Value } from '../../values/value.ts';
import { columnKey, type TableView } from '../store/view.ts';
import {
  type Bound,
  type Direction,
  identityOrder,
  instantOrder,
  type KeyOrder,
  rankedOrder,
  rankedTextOrder,
  textOrder,
} from './key-order.ts';

/** One key of an order. */
export interface OrderKey extends Direction {
  readonly column: Column;
}

/** A total order of a store's rows: by its keys, with the identity as the tie-breaker. */
export interface RowOrder {
  /** The keys that decide. The identity is unique, so nothing follows it. */
  readonly keys: readonly OrderKey[];
  /** The direction, if the identity alone decides the order; undefined if other keys do. */
  readonly natural: 'asc' | 'desc' | undefined;
  boundsAt(row: number): readonly Bound[];
  /** @param cursor a value for each requested key, optionally followed by the text of an identity */
  boundsOf(cursor: readonly (Value | null)[]): readonly Bound[];
  compareBounds(a: readonly Bound[], b: readonly Bound[]): number;
  /** Like `compareBounds` with the row's bounds. A prefix of bounds equals every row that agrees in those keys. */
  compareRow(row: number, bounds: readonly Bound[]): number;
}

/** Rows in the requested order. */
export interface OrderedRows {
  readonly length: number;
  at(index: number): number;
}

/** The order that the keys ask for. */
export function rowOrder(view: TableView, asked: readonly OrderKey[], pace: Pace): Ready<RowOrder> {
  const unique = asked.findIndex(({ column }) => view.isIdentity(column));
  const keys = unique < 0 ? asked : asked.slice(0, unique + 1);
  const orders = mapReady(keys, (key) => keyOrder(view, key, pace));
  return whenReady(orders, (byKeys) => {
    const last = identityOrder(view.store.identity, { direction: 'asc', nulls: 'last' });
    const [first] = keys;
    const natural = first === undefined ? 'asc' : unique === 0 ? first.direction : undefined;
    return new OrderByKeys(keys, unique < 0 ? [...byKeys, last] : byKeys, natural);
  });
}

class OrderByKeys implements RowOrder {
  readonly keys: readonly OrderKey[];
  readonly natural: 'asc' | 'desc' | undefined;
  readonly #orders: readonly KeyOrder[];

  constructor(keys: readonly OrderKey[], orders: readonly KeyOrder[], natural: RowOrder['natural']) {
    this.keys = keys;
    this.#orders = orders;
    this.natural = natural;
  }

  boundsAt(row: number): readonly Bound[] {
    return this.#orders.map((order) => order.boundAt(row));
  }

  boundsOf(cursor: readonly (Value | null)[]): readonly Bound[] {
    const count = Math.min(cursor.length, this.#orders.length);
    return this.#orders.slice(0, count).map((order, i) => order.boundOf(cursor[i] ?? null));
  }

  compareBounds(a: readonly Bound[], b: readonly Bound[]): number {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const difference = this.#orders[i]?.compareBounds(a[i] ?? null, b[i] ?? null) ?? 0;
      if (difference !== 0) return difference;
    }
    return 0;
  }

  compareRow(row: number, bounds: readonly Bound[]): number {
    for (let i = 0; i < bounds.length; i++) {
      const difference = this.#orders[i]?.compareRow(row, bounds[i] ?? null) ?? 0;
      if (difference !== 0) return difference;
    }
    return 0;
  }
}

/** The order by one key. */
export function keyOrder(view: TableView, key: OrderKey, pace: Pace): Ready<KeyOrder> {
  if (view.isIdentity(key.column)) return identityOrder(view.store.identity, key);
  return whenReady(view.typed(key.column, pace), ({ data, type }) => {
    switch (data.encoding) {
      case 'ranked':
        return rankedOrder(data, type, key);
      case 'number':
        return instantOrder(data, key);
      case 'text': {
        const ranks = view.cache.ranks.peek(columnKey(key.column));
        return ranks ? rankedTextOrder(data, ranks, key) : textOrder(data, key);
      }
    }
  });
}
