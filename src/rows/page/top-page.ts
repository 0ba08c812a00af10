import { type Pace, paced } from '../../columns/pace.ts';
import type { Bound } from '../order/key-order.ts';
import type { RowOrder } from '../order/row-order.ts';
import { isBeyond, type PageRequest, pageOf, type RowPage } from './page.ts';

/** Picks a page that is a small part of the matching rows in one pass, without sorting them all. */
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

/** Keeps the first of all added rows, by an order. */
class TopRows {
  readonly #order: RowOrder;
  readonly #sign: number;
  readonly #capacity: number;
  #kept: { readonly row: number; readonly bounds: readonly Bound[] }[] = [];
  /** Once enough rows are kept: the bound that a further one must come before. */
  #limit: readonly Bound[] | undefined;

  /**
   * @param capacity how many rows are kept, at least 1
   * @param backward keeps the last rows instead, the very last first
   */
  constructor(order: RowOrder, capacity: number, backward: boolean) {
    this.#order = order;
    this.#capacity = capacity;
    this.#sign = backward ? -1 : 1;
  }

  add(row: number): void {
    if (this.#limit && this.#sign * this.#order.compareRow(row, this.#limit) >= 0) return;
    this.#kept.push({ row, bounds: this.#order.boundsAt(row) });
    // Sorting now and then costs less than keeping the rows sorted all the time.
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
