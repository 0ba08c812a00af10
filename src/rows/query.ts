import type { Pace } from '../columns/pace.ts';
import type { Value } from '../values/value.ts';
import { chooseSource } from './filter/choose-source.ts';
import { compileFilter } from './filter/compile-filter.ts';
import type { Filter } from './filter/filter.ts';
import { matchingRows } from './filter/match-rows.ts';
import { always, never, type Predicate } from './filter/predicate.ts';
import type { RowSource } from './filter/row-source.ts';
import { orderIndex } from './order/order-index.ts';
import { orderMatches, topPage } from './order/order-matches.ts';
import { type OrderKey, type RowOrder, rowOrder } from './order/row-order.ts';
import { naturalPage } from './page/natural-page.ts';
import { cutPage, type OrderedRows, type PageRequest, type RowPage } from './page/page.ts';
import type { TableView } from './store/view.ts';

export { findRows } from './key/find-rows.ts';
export type { OrderKey } from './order/row-order.ts';
export type { PageRequest, RowPage } from './page/page.ts';
export { readValue } from './store/read-value.ts';

/** What is asked of a table's rows. */
export interface RowQuery {
  readonly filter: Filter | undefined;
  /** The first key decides, then the next; the row's identity where all are equal. */
  readonly order: readonly OrderKey[];
  readonly page: PageRequest;
  /** What need not be found out otherwise. */
  readonly wanted: { readonly totalCount: boolean; readonly pageInfo: boolean };
  /** The only rows to choose from. */
  readonly candidates?: readonly number[] | undefined;
}

/**
 * Answers a query: filter, order, page. Never holds the event loop for more than some milliseconds.
 *
 * @param pace of the request, whose signal ends the query
 * @throws InvalidPatternError where a pattern of the filter cannot be read
 */
export async function queryRows(view: TableView, query: RowQuery, pace: Pace): Promise<RowPage> {
  const order = await rowOrder(view, query.order, pace);
  if (!query.filter && !query.candidates) return cutPage(await allRows(view, order, pace), order, query.page);
  const { source, predicate } = await selection(view, query, pace);
  if (order.natural) return naturalPage(source, predicate, order, query, pace);
  const matched = await matchingRows(source, predicate, pace);
  if (isSmallPart(query.page, matched.length)) {
    return topPage(matched, order, query.page, pace);
  }
  return cutPage(await orderMatches(view, matched, order, pace), order, query.page);
}

/**
 * Those of the rows for which the filter is true, in the order they have.
 *
 * @param pace of the request, whose signal ends the search
 * @throws InvalidPatternError where a pattern of the filter cannot be read
 */
export async function filterRows(
  view: TableView,
  filter: Filter,
  rows: readonly number[],
  pace: Pace,
): Promise<number[]> {
  const predicate = await compileFilter(view, filter, pace);
  return [...(await matchingRows({ kind: 'rows', rows }, predicate, pace))];
}

/** The rows that a query chooses from, and the test that they must pass. */
export async function selection(
  view: TableView,
  { filter, candidates }: Pick<RowQuery, 'filter' | 'candidates'>,
  pace: Pace,
): Promise<{ readonly source: RowSource; readonly predicate: Predicate }> {
  const predicate = filter ? await compileFilter(view, filter, pace) : always;
  if (predicate === never) return { source: { kind: 'range', from: 0, to: 0 }, predicate };
  if (candidates) return { source: { kind: 'rows', rows: Uint32Array.from(candidates).sort() }, predicate };
  const everything: RowSource = { kind: 'range', from: 0, to: view.store.rowCount };
  return { source: filter ? await chooseSource(view, filter, pace) : everything, predicate };
}

async function allRows(view: TableView, order: RowOrder, pace: Pace): Promise<OrderedRows> {
  const length = view.store.rowCount;
  if (order.natural === 'asc') return { length, at: (index) => index };
  if (order.natural === 'desc') return { length, at: (index) => length - 1 - index };
  const rows = await orderIndex(view, order, pace);
  return { length, at: (index) => rows[index] ?? 0 };
}

/** Whether finding the page's rows takes less than ordering all that match. */
function isSmallPart({ offset, limit }: PageRequest, matched: number): boolean {
  return offset + limit <= 4096 && 4 * (offset + limit) < matched;
}

/** A cursor's values: one for each order key, and the text of the identity where the table has no key. */
export type Cursor = readonly (Value | null)[];
