import type { Value } from '../../values/value.ts';
import { countWhile } from '../match/row-source.ts';
import type { Bound } from '../order/key-order.ts';
import type { OrderedRows, RowOrder } from '../order/row-order.ts';

/** The requested part of an order. */
export interface PageRequest {
  readonly limit: number;
  /** Rows to skip before the page. */
  readonly offset: number;
  /** The page begins after this position or, if it is `backward`, ends before it. */
  readonly cursor: Cursor | undefined;
  /** Whether the page is taken from the end instead of the beginning. */
  readonly backward: boolean;
}

/** A cursor's values: one for each order key, followed by the text of the identity if the table has no key. */
export type Cursor = readonly (Value | null)[];

/** A page of rows. */
export interface RowPage {
  /** In the requested order. */
  readonly rows: readonly number[];
  /** How many rows match, regardless of the page; undefined if it was not wanted. */
  readonly totalCount: number | undefined;
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** The rows of a page in the direction of reading: from the end if it is `backward`. */
interface FoundRows {
  readonly rows: readonly number[];
  /** Whether there are matching rows before these. */
  readonly hasEarlier: boolean;
  /** Whether there are matching rows after these. */
  readonly hasLater: boolean;
  readonly totalCount: number | undefined;
}

/** Makes a page of the rows found. An empty one does not tell whether there are rows before it. */
export function pageOf({ rows, hasEarlier, hasLater, totalCount }: FoundRows, backward: boolean): RowPage {
  const leftBehind = hasEarlier && rows.length > 0;
  return backward
    ? { rows: rows.toReversed(), totalCount, hasNextPage: leftBehind, hasPreviousPage: hasLater }
    : { rows, totalCount, hasNextPage: hasLater, hasPreviousPage: leftBehind };
}

/** Cuts a page out of ordered rows. */
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

/** Whether a row comes after a cursor in the direction of reading. */
export function isBeyond(order: RowOrder, row: number, cursor: readonly Bound[], backward: boolean): boolean {
  const place = order.compareRow(row, cursor);
  return backward ? place < 0 : place > 0;
}
