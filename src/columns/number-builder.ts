import { Chunks } from './chunks.ts';
import type { NumberColumn } from './column.ts';
import type { ColumnBuilder } from './column-builder.ts';
import { type Pace, paced } from './pace.ts';

/** Builds a column of numbers. */
export class NumberBuilder implements ColumnBuilder<number> {
  readonly #chunks = new Chunks((length) => new Float64Array(length));
  #length = 0;

  set(arrival: number, value: number): void {
    while (this.#length < arrival) this.#chunks.put(this.#length++, Number.NaN);
    this.#chunks.put(this.#length++, value);
  }

  get byteLength(): number {
    return Float64Array.BYTES_PER_ELEMENT * this.#length;
  }

  async finish(order: Uint32Array, pace: Pace): Promise<NumberColumn> {
    const values = new Float64Array(order.length);
    await paced(values.length, pace, (row) => {
      const arrival = order[row] ?? 0;
      values[row] = arrival < this.#length ? this.#chunks.at(arrival) : Number.NaN;
    });
    return { encoding: 'number', values };
  }
}
