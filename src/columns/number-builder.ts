import type { NumberColumn } from './column.ts';
import type { ColumnBuilder } from './column-builder.ts';
import { type Pace, paced } from './pace.ts';

const chunkBits = 14;
const chunkLength = 1 << chunkBits;

/** Builds a column of numbers. */
export class NumberBuilder implements ColumnBuilder<number> {
  readonly #chunks: Float64Array[] = [];

  set(arrival: number, value: number): void {
    const index = arrival >>> chunkBits;
    while (this.#chunks.length <= index) this.#chunks.push(new Float64Array(chunkLength).fill(Number.NaN));
    const chunk = this.#chunks[index];
    if (chunk) chunk[arrival & (chunkLength - 1)] = value;
  }

  async finish(order: Uint32Array, pace: Pace): Promise<NumberColumn> {
    const values = new Float64Array(order.length);
    await paced(values.length, pace, (row) => {
      const arrival = order[row] ?? 0;
      values[row] = this.#chunks[arrival >>> chunkBits]?.[arrival & (chunkLength - 1)] ?? Number.NaN;
    });
    return { encoding: 'number', values };
  }
}
