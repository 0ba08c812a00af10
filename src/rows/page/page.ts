import type { Value } from '../../values/value.ts';
import { countWhile } from '../match/row-source.ts';
import type { Bound } from '../order/key-order.ts';
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

/** What was found for a page, in the direction it is read: `backward` begins at the end. */
interface FoundRows {
  readonly rows: readonly number[];
  /** Whether there are matching rows before these. */
  readonly hasEarlier: boolean;
  /** Whether there are matching rows after these. */
  readonly hasLater: boolean;
  readonly totalCount: number | undefined;
}

/** The page that was found. One without rows does not tell whether there are rows before it. */
export function pageOf({ rows, hasEarlier, hasLater, totalCount }: FoundRows, backward: boolean): RowPage {
  const leftBehind = hasEarlier && rows.length > 0;
  return backward
    ? { rows: rows.toReversed(), totalCount, hasNextPage: leftBehind, hasPreviousPage: hasLater }
    : { rows, totalCount, hasNextPage: hasLater, hasPreviousPage: leftBehind };
}

/** Cuts a page out of rows that stand in order. */
export function cutPage(rows: OrderedRows, order: RowOrder, request: PageRequest): RowPage {
  const { limit, offset, cursor, backward } = request;
  const totalCount = rows.length;
  const at = (i: number) => rows.at(backward ? totalCount - 1 - i : i);
  const bounds = cursor && order.boundsOf(cursor);
  const passed = bounds ? countWhile(totalCount, (i) => !isBeyond(order, at(i), bounds, backward)) : 0;
  const start = Math.min(totalCount, passed + offset);
  const end = Math.min(totalCount, start + limit);
  return pageOf(
    {
      rows: Array.from({ length: end - start }, (_, i) => at(start + i)),
      hasEarlier: start > 0,
      hasLater: end < totalCount,
      totalCount,
    },
    backward,
  );
}

/** Whether a row stands beyond a cursor, in the direction the page is read. */
export function isBeyond(order: RowOrder, row: number, cursor: readonly Bound[], backward: boolean): boolean {
  const place = order.compareRow(row, cursor);
  return backward ? place < 0 : place > 0;
}
