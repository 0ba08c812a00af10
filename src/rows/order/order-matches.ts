import { type Pace, paced } from '../../columns/pace.ts';
import { sorted } from '../../columns/sort.ts';
import type { TableView } from '../store/view.ts';
import type { Bound } from './key-order.ts';
import { orderIndex } from './order-index.ts';
import type { RowOrder } from './row-order.ts';

/** The most rows that are sorted on their own; for more, they are picked from the order of all rows. */
const mostSorted = 8192;

/** Sorts matching rows by an order other than that of row numbers. */
export async function orderMatches(
  view: TableView,
  matched: Uint32Array,
  order: RowOrder,
  pace: Pace,
): Promise<Uint32Array> {
  return matched.length <= mostSorted
    ? sortMatches(matched, order, pace)
    : pickMatches(matched, await orderIndex(view, order.keys, pace), pace);
}

async function sortMatches(matched: Uint32Array, order: RowOrder, pace: Pace): Promise<Uint32Array> {
  const bounds: (readonly Bound[])[] = [];
  const keys = new Float64Array(matched.length);
  await paced(matched.length, pace, (i) => {
    const all = order.boundsAt(matched[i] ?? 0);
    bounds.push(all);
    keys[i] = typeof all[0] === 'number' ? all[0] : 0;
  });
  const compareTied = (a: number, b: number) => order.compareBounds(bounds[a] ?? [], bounds[b] ?? []);
  const places = await sorted({ count: matched.length, keys, compareTied }, pace);
  return places.map((place) => matched[place] ?? 0);
}

async function pickMatches(matched: Uint32Array, all: Uint32Array, pace: Pace): Promise<Uint32Array> {
  const isMatched = new Uint8Array(all.length);
  await paced(matched.length, pace, (i) => {
    isMatched[matched[i] ?? 0] = 1;
  });
  const picked = new Uint32Array(matched.length);
  let count = 0;
  await paced(all.length, pace, (i) => {
    const row = all[i] ?? 0;
    if (isMatched[row] === 1) picked[count++] = row;
  });
  return picked;
}
