import type { TextColumn } from './column.ts';
import type { TextColumnBuilder } from './column-builder.ts';
import { type Pace, paced } from './pace.ts';
import { layTexts } from './text-layout.ts';
import { TextList } from './text-list.ts';

/** Builds the column that identifies and orders the rows. Every arrival must have a value. */
export class IdentityBuilder implements TextColumnBuilder {
  #texts = new TextList();

  set(_arrival: number, value: string): void {
    this.#texts.push(value);
  }

  setBytes(_arrival: number, bytes: Buffer, start: number, end: number): void {
    this.#texts.pushBytes(bytes, start, end);
  }

  get byteLength(): number {
    return this.#texts.totalBytes;
  }

  /** The arrivals ordered by the UTF-8 bytes of their identity. Of several with the same identity, only the first. */
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
