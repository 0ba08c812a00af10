import type { Pace } from '../columns/pace.ts';
import { compiledFilter } from './filter/compiled-filter.ts';
import type { Filter } from './filter/filter.ts';
import { isPersonal } from './filter/filter.ts';
import { filterKey } from './filter/filter-key.ts';
import { always } from './filter/predicate.ts';
import { matchingRows } from './match/match-rows.ts';
import { matches, type Selection, searchMatches } from './match/matches.ts';
import { fromList, type RowSource, rowAt, sizeOf, toArray } from './match/row-source.ts';
import { orderIndex, orderKey } from './order/order-index.ts';
import { orderMatches } from './order/order-matches.ts';
import { type OrderedRows, type OrderKey, type RowOrder, rowOrder } from './order/row-order.ts';
import { naturalPage } from './page/natural-page.ts';
import { cutPage, type PageRequest, type RowPage } from './page/page.ts';
import { topPage } from './page/top-page.ts';
import { askedBefore } from './store/store-cache.ts';
import type { TableView } from './store/view.ts';

export { findRows } from './key/find-rows.ts';
export type { OrderKey } from './order/row-order.ts';
export type { PageRequest, RowPage } from './page/page.ts';
export { readTyped, readValue } from './store/read-value.ts';

/** What is asked of a table's rows. */
export interface RowQuery extends Selection {
  /** The first key decides, then the next; the row's identity where all are equal. */
  readonly order: readonly OrderKey[];
  readonly page: PageRequest;
  /** What need not be found out otherwise. */
  readonly wanted: { readonly totalCount: boolean; readonly pageInfo: boolean };
}

/**
 * Answers a query: filter, order, page. Never holds the event loop for more than some milliseconds.
 *
 * @param pace of the request, whose signal ends the query
 * @throws InvalidPatternError where a pattern of the filter cannot be read
 */
export async function queryRows(view: TableView, query: RowQuery, pace: Pace): Promise<RowPage> {
  const { filter, candidates, page, wanted } = query;
  const order = await rowOrder(view, query.order, pace);
  if (candidates || (filter && order.natural && !wanted.totalCount)) {
    return searchPage(view, query, order, pace);
  }
  if (!filter) return cutPage(await allRows(view, order, pace), order, page);
  const rows = await matches(view, filter, pace);
  if (order.natural) return cutPage(inNaturalOrder(rows, order.natural), order, page);
  return orderedPage(view, filter, rows, order, page, pace);
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
  const predicate = await compiledFilter(view, filter, pace);
  return [...(await matchingRows({ kind: 'rows', rows: Uint32Array.from(rows) }, predicate, pace))];
}

/** A page of rows of which no more are found than it takes. */
async function searchPage(view: TableView, query: RowQuery, order: RowOrder, pace: Pace): Promise<RowPage> {
  const { filter, candidates } = query;
  const { source, predicate } =
    filter && !candidates
      ? await searchMatches(view, filter, pace)
      : {
          source: fromList(candidates ?? []),
          predicate: filter ? await compiledFilter(view, filter, pace) : always,
        };
  if (order.natural) return naturalPage(source, predicate, order, query, pace);
  const matched = await matchingRows(source, predicate, pace);
  if (isSmallPart(query.page, matched.length)) return topPage(matched, order, query.page, pace);
  return cutPage(inOrder(await orderMatches(view, matched, order, pace)), order, query.page);
}

/** A page of matching rows, of which the order is remembered when it is asked for a second time. */
async function orderedPage(
  view: TableView,
  filter: Filter,
  rows: RowSource,
  order: RowOrder,
  page: PageRequest,
  pace: Pace,
): Promise<RowPage> {
  const isWorthIt = sizeOf(rows) > fewRows && !isPersonal(filter);
  const key = isWorthIt ? `${await filterKey(filter, pace)} by ${orderKey(order.keys)}` : undefined;
  if (key !== undefined && (view.cache.orders.peek(key) || askedBefore(view.cache, key))) {
    const ordered = await view.cache.orders.get(key, pace, (shared) =>
      orderMatches(view, toArray(rows), order, shared),
    );
    return cutPage(inOrder(ordered), order, page);
  }
  if (isSmallPart(page, sizeOf(rows))) return topPage(toArray(rows), order, page, pace);
  return cutPage(inOrder(await orderMatches(view, toArray(rows), order, pace)), order, page);
}

/** Up to how many rows are put in order whenever they are asked for. */
const fewRows = 256;

async function allRows(view: TableView, order: RowOrder, pace: Pace): Promise<OrderedRows> {
  if (order.natural) {
    return inNaturalOrder({ kind: 'range', from: 0, to: view.store.rowCount }, order.natural);
  }
  return inOrder(await orderIndex(view, order.keys, pace));
}

function inNaturalOrder(rows: RowSource, direction: 'asc' | 'desc'): OrderedRows {
  const length = sizeOf(rows);
  if (direction === 'asc') return { length, at: (index) => rowAt(rows, index) };
  return { length, at: (index) => rowAt(rows, length - 1 - index) };
}

function inOrder(rows: Uint32Array): OrderedRows {
  return { length: rows.length, at: (index) => rows[index] ?? 0 };
}

/** Whether finding the page's rows takes less than ordering all that match. */
function isSmallPart({ offset, limit }: PageRequest, matched: number): boolean {
  return offset + limit <= 4096 && 4 * (offset + limit) < matched;
}
