import type { Pace } from '../columns/pace.ts';
import { type Ready, whenReady } from '../columns/ready.ts';
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

export { findRows, keyText } from './key/find-rows.ts';
export type { OrderKey } from './order/row-order.ts';
export type { PageRequest, RowPage } from './page/page.ts';
export { readTyped, readValue } from './store/read-value.ts';

/** A query over a table's rows. */
export interface RowQuery extends Selection {
  /** The first key decides, then the next; rows that are equal in all keys are ordered by identity. */
  readonly order: readonly OrderKey[];
  readonly page: PageRequest;
  /** Optional parts of the result, computed only if wanted. */
  readonly wanted: { readonly totalCount: boolean; readonly pageInfo: boolean };
}

/**
 * Answers a query: filter, order, page. Never blocks the event loop for more than a few milliseconds.
 *
 * @param pace of the request; its signal aborts the query
 * @throws InvalidPatternError if a pattern of the filter cannot be read
 */
export function queryRows(view: TableView, query: RowQuery, pace: Pace): Ready<RowPage> {
  return whenReady(rowOrder(view, query.order, pace), (order) => queryInOrder(view, query, order, pace));
}

function queryInOrder(view: TableView, query: RowQuery, order: RowOrder, pace: Pace): Ready<RowPage> {
  const { filter, candidates, page, wanted } = query;
  if (candidates || (filter && order.natural && !wanted.totalCount)) {
    return searchPage(view, query, order, pace);
  }
  if (!filter) return whenReady(allRows(view, order, pace), (rows) => cutPage(rows, order, page));
  return matchingPage(view, filter, order, page, pace);
}

async function matchingPage(
  view: TableView,
  filter: Filter,
  order: RowOrder,
  page: PageRequest,
  pace: Pace,
): Promise<RowPage> {
  const rows = await matches(view, filter, pace);
  if (order.natural) return cutPage(inNaturalOrder(rows, order.natural), order, page);
  return orderedPage(view, filter, rows, order, page, pace);
}

/**
 * The given rows for which the filter is true, in the given order.
 *
 * @param pace of the request; its signal aborts the search
 * @throws InvalidPatternError if a pattern of the filter cannot be read
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

/** Searches only as far as the page needs. */
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

/** A page of known matches. Their order is cached when it is requested a second time. */
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

/** The most rows that are sorted on every request instead of being cached. */
const fewRows = 256;

function allRows(view: TableView, order: RowOrder, pace: Pace): Ready<OrderedRows> {
  if (order.natural) {
    return inNaturalOrder({ kind: 'range', from: 0, to: view.store.rowCount }, order.natural);
  }
  return whenReady(orderIndex(view, order.keys, pace), inOrder);
}

function inNaturalOrder(rows: RowSource, direction: 'asc' | 'desc'): OrderedRows {
  const length = sizeOf(rows);
  if (direction === 'asc') return { length, at: (index) => rowAt(rows, index) };
  return { length, at: (index) => rowAt(rows, length - 1 - index) };
}

function inOrder(rows: Uint32Array): OrderedRows {
  return { length: rows.length, at: (index) => rows[index] ?? 0 };
}

/** Whether picking the page's rows is cheaper than sorting all matches. */
function isSmallPart({ offset, limit }: PageRequest, matched: number): boolean {
  return offset + limit <= 4096 && 4 * (offset + limit) < matched;
}
