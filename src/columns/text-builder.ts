import { packedLength } from '../values/uuid.ts';
import { stringOverhead } from './byte-length.ts';
import { newCodes } from './codes.ts';
import type { RankedColumn, TextColumn } from './column.ts';
import type { TextColumnBuilder } from './column-builder.ts';
import { type Pace, paced } from './pace.ts';
import { PresenceBuilder } from './presence.ts';
import { layTexts, type RowTexts } from './text-layout.ts';
import { TextValues } from './text-values.ts';

/** Builds a text column: ranked if values repeat, stored row by row if most are distinct. */
export class TextBuilder implements TextColumnBuilder {
  readonly #values = new TextValues();
  readonly #present = new PresenceBuilder();
  #arrivals = 0;

  set(arrival: number, value: string): void {
    this.#present.set(arrival);
    this.#arrivals = arrival + 1;
    this.#values.push(value);
  }

  setBytes(arrival: number, bytes: Buffer, start: number, end: number): void {
    this.#present.set(arrival);
    this.#arrivals = arrival + 1;
    this.#values.pushBytes(bytes, start, end);
  }

  get byteLength(): number {
    return this.#values.byteLength + this.#arrivals / 8;
  }

  async finish(order: Uint32Array, pace: Pace): Promise<RankedColumn | TextColumn> {
    const rows = this.#rowTexts(order);
    return ranksPay(this.#values, order.length)
      ? rank(this.#values, rows, pace)
      : layTexts(this.#values.texts, rows, pace);
  }

  #rowTexts(order: Uint32Array): RowTexts {
    const values = this.#values;
    const arrivals = this.#arrivals;
    const present = this.#present.finish(arrivals);
    const arrivalOf = (row: number) => order[row] ?? 0;
    const valueAt =
      present.size === arrivals
        ? (arrival: number) => (arrival < arrivals ? arrival : -1)
        : (arrival: number) => (present.has(arrival) ? present.rank(arrival) : -1);
    return {
      rowCount: order.length,
      textOf(row) {
        const value = valueAt(arrivalOf(row));
        return value < 0 ? -1 : values.textOf(value);
      },
    };
  }
}

/** Ranking makes queries faster, so it may take up to twice the space. */
function ranksPay(values: TextValues, rowCount: number): boolean {
  const { texts } = values;
  if (!values.repeating || 2 * texts.count > values.count) return false;
  const meanLength = texts.meanLength;
  const ranked =
    rowCount * newCodes(0, texts.count).BYTES_PER_ELEMENT + texts.count * (stringOverhead + meanLength);
  const laid = rowCount / 4 + values.count * (texts.allPacked ? packedLength : 4 + meanLength);
  return ranked <= 2 * laid;
}

async function rank(values: TextValues, rows: RowTexts, pace: Pace): Promise<RankedColumn> {
  const ranks = await usedTexts(values, rows, pace);
  const order = await values.texts.order(pace);
  const distinct: string[] = [];
  await paced(order.length, pace, (i) => {
    const text = order[i] ?? 0;
    if (ranks[text] === 1) ranks[text] = distinct.push(values.texts.get(text));
  });
  const codes = newCodes(rows.rowCount, distinct.length);
  await paced(rows.rowCount, pace, (row) => {
    const text = rows.textOf(row);
    codes[row] = text < 0 ? 0 : (ranks[text] ?? 0);
  });
  return { encoding: 'ranked', codes, values: distinct };
}

/** Marks each text that some row has with 1; arrivals that did not become rows may have brought others. */
async function usedTexts(values: TextValues, rows: RowTexts, pace: Pace): Promise<Uint32Array> {
  const used = new Uint32Array(values.texts.count);
  await paced(rows.rowCount, pace, (row) => {
    const text = rows.textOf(row);
    if (text >= 0) used[text] = 1;
  });
  return used;
}
