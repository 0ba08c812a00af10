import { type Pace, paced } from '../../columns/pace.ts';
import type { Bound } from '../order/key-order.ts';
import type { RowOrder } from '../order/row-order.ts';
import { isBeyond, type PageRequest, pageOf, type RowPage } from './page.ts';

/** A page that is a small part of the matching rows: they are gone through once, and not ordered. */
export async function topPage(
  matched: Uint32Array,
  order: RowOrder,
  { limit, offset, cursor, backward }: PageRequest,
  pace: Pace,
): Promise<RowPage> {
  const bounds = cursor && order.boundsOf(cursor);
  const top = new TopRows(order, offset + limit + 1, backward);
  let passed = 0;
  await paced(matched.length, pace, (i) => {
    const row = matched[i] ?? 0;
    if (!bounds || isBeyond(order, row, bounds, backward)) top.add(row);
    else passed++;
  });
  const found = top.finish();
  return pageOf(
    {
      rows: found.slice(offset, offset + limit),
      hasEarlier: passed + offset > 0,
      hasLater: found.length > offset + limit,
      totalCount: matched.length,
    },
    backward,
  );
}

/** Keeps the first rows, in an order, of all that are added. */
class TopRows {
  readonly #order: RowOrder;
  readonly #sign: number;
  readonly #capacity: number;
  #kept: { readonly row: number; readonly bounds: readonly Bound[] }[] = [];
  /** What rows must stand before, once there are as many as are kept. */
  #limit: readonly Bound[] | undefined;

  /**
   * @param capacity how many rows are kept, at least 1
   * @param backward keeps the last rows instead, beginning with the very last
   */
  constructor(order: RowOrder, capacity: number, backward: boolean) {
    this.#order = order;
    this.#capacity = capacity;
    this.#sign = backward ? -1 : 1;
  }

  add(row: number): void {
    if (this.#limit && this.#sign * this.#order.compareRow(row, this.#limit) >= 0) return;
    this.#kept.push({ row, bounds: this.#order.boundsAt(row) });
    // Sorting every so often costs less than keeping the rows sorted at all times.
    if (this.#kept.length >= 2 * this.#capacity + 16) this.#cut();
  }

  /** The kept rows, in order. */
  finish(): readonly number[] {
    this.#cut();
    return this.#kept.map(({ row }) => row);
  }

  #cut(): void {
    this.#kept.sort((a, b) => this.#sign * this.#order.compareBounds(a.bounds, b.bounds));
    this.#kept = this.#kept.slice(0, this.#capacity);
    this.#limit = this.#kept.length === this.#capacity ? this.#kept.at(-1)?.bounds : undefined;
  }
}
