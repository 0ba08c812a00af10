import { Pace } from '../../columns/pace.ts';
import type { CompareFilter } from '../filter/filter.ts';
import { orderIndex, readyOrderIndex } from '../order/order-index.ts';
import { keyOrder, type OrderKey } from '../order/row-order.ts';
import { askedBefore } from '../store/store-cache.ts';
import { columnKey, type TableView } from '../store/view.ts';
import { countWhile } from './row-source.ts';

/** A range is used only if it contains at most one in this many rows. */
const rowsForEach = 16;

/** Whether the filter is a range of a column's order. */
export function isRange(filter: CompareFilter): boolean {
  return filter.operator !== 'eq' && filter.operator !== 'neq';
}

/**
 * The rows within all of several ranges of one column; undefined if there are many, or the order of the column is not known. That
 * is computed in the background when it is needed a second time.
 */
export async function rowsWithin(
  view: TableView,
  ranges: readonly [CompareFilter, ...CompareFilter[]],
  pace: Pace,
): Promise<Uint32Array | undefined> {
  const [{ column }] = ranges;
  if (ranges.some(({ value }) => value === null)) return new Uint32Array();
  const key: OrderKey = { column, direction: 'asc', nulls: 'last' };
  const rows = readyOrderIndex(view, [key]);
  if (!rows) {
    if (askedBefore(view.cache, `range ${columnKey(column)}`)) learnOrder(view, key);
    return undefined;
  }
  const order = await keyOrder(view, key, pace);
  const countBefore = (bound: ReturnType<typeof order.boundOf>, orAt: boolean) =>
    countWhile(rows.length, (i) => {
      const difference = order.compareRow(rows[i] ?? 0, bound);
      return difference < 0 || (orAt && difference === 0);
    });
  let from = 0;
  let to = countBefore(order.boundOf(null), false);
  for (const { operator, value } of ranges) {
    const bound = order.boundOf(value);
    if (operator === 'lt' || operator === 'lte') to = Math.min(to, countBefore(bound, operator === 'lte'));
    else from = Math.max(from, countBefore(bound, operator === 'gt'));
  }
  if (rowsForEach * (to - from) > rows.length) return undefined;
  return rows.slice(from, Math.max(from, to)).sort();
}

/** No request waits for it: until it is ready, all rows are visited. A failure is reported when rows are ordered by the column. */
function learnOrder(view: TableView, key: OrderKey): void {
  const sorting = orderIndex(view, [key], new Pace());
  if (sorting instanceof Promise) sorting.catch(() => undefined);
}
