import type { Bound } from './key-order.ts';
import type { RowOrder } from './row-order.ts';

/** Keeps the first rows, in an order, of all that are added. */
export class TopRows {
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
