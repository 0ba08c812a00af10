import type { Value } from '../../values/value.ts';
import { countWhile } from '../match/row-source.ts';
import type { OrderedRows, RowOrder } from '../order/row-order.ts';

/** The part of an order that is asked for. */
export interface PageRequest {
  readonly limit: number;
  /** Rows to pass over before the page. */
  readonly offset: number;
  /** The page begins after it, or ends before it where it is `backward`. One value for each order key. */
  readonly cursor: Cursor | undefined;
  /** Whether the page is the last part instead of the first. */
  readonly backward: boolean;
}

/** A cursor's values: one for each order key, and the text of the identity where the table has no key. */
export type Cursor = readonly (Value | null)[];

/** A page of rows. */
export interface RowPage {
  /** In the order asked for. */
  readonly rows: readonly number[];
  /** How many rows match, whatever the page; undefined where it was not wanted. */
  readonly totalCount: number | undefined;
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** Cuts a page out of rows that stand in order. */
export function cutPage(rows: OrderedRows, order: RowOrder, request: PageRequest): RowPage {
  const { limit, offset, cursor, backward } = request;
  const bounds = cursor && order.boundsOf(cursor);
  const total = rows.length;
  let start: number;
  let end: number;
  if (backward) {
    const stop = bounds ? countWhile(total, (i) => order.compareRow(rows.at(i), bounds) < 0) : total;
    end = Math.max(0, stop - offset);
    start = Math.max(0, end - limit);
  } else {
    const after = bounds ? countWhile(total, (i) => order.compareRow(rows.at(i), bounds) <= 0) : 0;
    start = Math.min(total, after + offset);
    end = Math.min(total, start + limit);
  }
  const isEmpty = start === end;
  return {
    rows: Array.from({ length: end - start }, (_, i) => rows.at(start + i)),
    totalCount: total,
    hasNextPage: end < total && !(backward && isEmpty),
    hasPreviousPage: start > 0 && (backward || !isEmpty),
  };
}
