import type { Pace } from '../../columns/pace.ts';
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
export async function rowOrder(view: TableView, asked: readonly OrderKey[], pace: Pace): Promise<RowOrder> {
  const unique = asked.findIndex(({ column }) => view.isIdentity(column));
  const keys = unique < 0 ? asked : asked.slice(0, unique + 1);
  const orders: KeyOrder[] = [];
  for (const key of keys) orders.push(await keyOrder(view, key, pace));
  if (unique < 0) orders.push(identityOrder(view.store.identity, { direction: 'asc', nulls: 'last' }));
  const [first] = keys;
  const compare = (count: number, compareKey: (order: KeyOrder, i: number) => number): number => {
    for (let i = 0; i < count; i++) {
      const order = orders[i];
      const difference = order ? compareKey(order, i) : 0;
      if (difference !== 0) return difference;
    }
    return 0;
  };
  return {
    keys,
    natural: first === undefined ? 'asc' : unique === 0 ? first.direction : undefined,
    boundsAt: (row) => orders.map((order) => order.boundAt(row)),
    boundsOf: (cursor) => cursor.slice(0, orders.length).map((value, i) => orders[i]?.boundOf(value) ?? null),
    compareBounds: (a, b) =>
      compare(Math.min(a.length, b.length), (order, i) => order.compareBounds(a[i] ?? null, b[i] ?? null)),
    compareRow: (row, bounds) =>
      compare(bounds.length, (order, i) => order.compareRow(row, bounds[i] ?? null)),
  };
}

/** The order by one key. */
export async function keyOrder(view: TableView, key: OrderKey, pace: Pace): Promise<KeyOrder> {
  if (view.isIdentity(key.column)) return identityOrder(view.store.identity, key);
  const { data, type } = await view.typed(key.column, pace);
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
}
