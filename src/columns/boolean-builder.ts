import { GrowingCodes, newCodes } from './codes.ts';
import type { RankedColumn } from './column.ts';
import type { ColumnBuilder } from './column-builder.ts';
import { type Pace, paced } from './pace.ts';

/** Builds a column of booleans, ranked with the values false and true. */
export class BooleanBuilder implements ColumnBuilder<boolean> {
  readonly #codes = new GrowingCodes();

  set(arrival: number, value: boolean): void {
    while (this.#codes.length < arrival) this.#codes.push(0);
    this.#codes.push(value ? 2 : 1);
  }

  get byteLength(): number {
    return this.#codes.byteLength;
  }

  async finish(order: Uint32Array, pace: Pace): Promise<RankedColumn> {
    const codes = newCodes(order.length, 2);
    await paced(codes.length, pace, (row) => {
      codes[row] = this.#codes.at(order[row] ?? 0);
    });
    return { encoding: 'ranked', codes, values: [false, true] };
  }
}
