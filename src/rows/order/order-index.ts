import { type Pace, paced } from '../../columns/pace.ts';
import type { Ready } from '../../columns/ready.ts';
import { columnKey, type TableView } from '../store/view.ts';
import type { OrderKey } from './row-order.ts';
import { rankNumbers, rankText } from './row-ranks.ts';

/** All rows of the store in an order, sorted once and shared; undefined if it is the order of row numbers. */
export function orderIndex(view: TableView, keys: readonly OrderKey[], pace: Pace): Ready<Uint32Array> {
  return view.cache.orders.get(orderKey(keys), pace, (shared) => sortRows(view, keys, shared));
}

/** The same, if it has been sorted already. */
export function readyOrderIndex(view: TableView, keys: readonly OrderKey[]): Uint32Array | undefined {
  return view.cache.orders.peek(orderKey(keys));
}

/** A key that two orders share only if they are the same. */
export function orderKey(keys: readonly OrderKey[]): string {
  return JSON.stringify(keys.map(({ column, direction, nulls }) => [columnKey(column), direction, nulls]));
}

/** Sorts by the last key first; each pass is stable, so that it keeps the order of the passes before it. */
async function sortRows(view: TableView, keys: readonly OrderKey[], pace: Pace): Promise<Uint32Array> {
  let from = new Uint32Array(view.store.rowCount);
  await paced(from.length, pace, (row) => {
    from[row] = row;
  });
  let to = new Uint32Array(from.length);
  for (const key of keys.toReversed()) {
    const isInOrder = view.isIdentity(key.column) && key.direction === 'asc';
    if (isInOrder) continue;
    await sortByKey(key, await rankColumn(view, key, pace), from, to, pace);
    [from, to] = [to, from];
  }
  return from;
}

interface Ranks {
  /** The rank of each row's value, from 1; 0 if NULL. */
  readonly codes: ArrayLike<number>;
  readonly highest: number;
}

async function rankColumn(view: TableView, { column }: OrderKey, pace: Pace): Promise<Ranks> {
  const { data } = await view.typed(column, pace);
  if (data.encoding === 'ranked') return { codes: data.codes, highest: data.values.length };
  const { codes, examples } = await view.cache.ranks.get(columnKey(column), pace, (shared) =>
    data.encoding === 'text' ? rankText(data, shared) : rankNumbers(data, shared),
  );
  return { codes, highest: examples.length };
}

/** How many rows are processed between two checks of the clock. */
const stride = 8192;

/** A counting sort: counts the rows of each rank, then writes every row to the next free place of its rank. */
async function sortByKey(
  { direction, nulls }: OrderKey,
  { codes, highest }: Ranks,
  from: Uint32Array,
  to: Uint32Array,
  pace: Pace,
): Promise<void> {
  const last = highest + 1;
  const absent = nulls === 'first' ? 0 : last;
  const placeOf = (code: number) => (code === 0 ? absent : direction === 'asc' ? code : last - code);
  const starts = new Uint32Array(last + 2);
  for (let i = 0; i < from.length; ) {
    for (const end = Math.min(from.length, i + stride); i < end; i++) {
      const place = placeOf(codes[from[i] ?? 0] ?? 0) + 1;
      starts[place] = (starts[place] ?? 0) + 1;
    }
    if (pace.due) await pace.pause();
  }
  for (let place = 1; place < starts.length; place++) {
    starts[place] = (starts[place] ?? 0) + (starts[place - 1] ?? 0);
  }
  for (let i = 0; i < from.length; ) {
    for (const end = Math.min(from.length, i + stride); i < end; i++) {
      const row = from[i] ?? 0;
      const place = placeOf(codes[row] ?? 0);
      const at = starts[place] ?? 0;
      to[at] = row;
      starts[place] = at + 1;
    }
    if (pace.due) await pace.pause();
  }
}
