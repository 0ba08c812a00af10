import type { TextColumn } from './column.ts';
import type { ColumnBuilder } from './column-builder.ts';
import { type Pace, paced } from './pace.ts';
import { layTexts } from './text-layout.ts';
import { TextList } from './text-list.ts';

/** Builds the column by which rows are told apart and ordered. Every arrival must have a value. */
export class IdentityBuilder implements ColumnBuilder<string> {
  #texts = new TextList();

  set(_arrival: number, value: string): void {
    this.#texts.push(value);
  }

  /** The arrivals in the order of their identity, by UTF-8 bytes. Of those with the same one, the first alone. */
  async order(pace: Pace): Promise<Uint32Array> {
    const arrivals = await this.#texts.order(pace);
    let kept = 0;
    await paced(arrivals.length, pace, (i) => {
      const arrival = arrivals[i] ?? 0;
      const isRepeated = kept > 0 && this.#texts.compare(arrivals[kept - 1] ?? 0, arrival) === 0;
      if (!isRepeated) arrivals[kept++] = arrival;
    });
    return kept === arrivals.length ? arrivals : arrivals.slice(0, kept);
  }

  /** Leaves the builder empty. */
  async finish(order: Uint32Array, pace: Pace): Promise<TextColumn> {
    const texts = this.#texts;
    this.#texts = new TextList();
    return layTexts(texts, { rowCount: order.length, textOf: (row) => order[row] ?? 0 }, pace);
  }
}
