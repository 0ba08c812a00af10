import { type Pace, paced } from '../../columns/pace.ts';
import { compareSpan, copySpan } from '../../values/bytes.ts';
import type { Value } from '../../values/value.ts';
import { toMicros } from '../store/raw-text.ts';
import type { TypedColumn } from '../store/typed-column.ts';

/** The least and the greatest value of some rows; null where none has a value. */
export interface Extremes {
  readonly min: Value | null;
  readonly max: Value | null;
}

/** Finds the least and the greatest value of some rows. */
export async function extremes({ data }: TypedColumn, rows: Uint32Array, pace: Pace): Promise<Extremes> {
  switch (data.encoding) {
    case 'ranked': {
      const { codes } = data;
      const { min, max } = await numericExtremes(rows, (row) => codes[row] || Number.NaN, pace);
      return { min: data.values[min - 1] ?? null, max: data.values[max - 1] ?? null };
    }
    case 'number': {
      const { values } = data;
      const { min, max } = await numericExtremes(rows, (row) => values[row] ?? Number.NaN, pace);
      return Number.isFinite(min) ? { min: toMicros(min), max: toMicros(max) } : { min: null, max: null };
    }
    case 'text': {
      let min: Uint8Array | null = null;
      let max: Uint8Array | null = null;
      const reader = data.reader();
      await paced(rows.length, pace, (i) => {
        if (!reader.locate(rows[i] ?? 0)) return;
        if (min === null || compareSpan(reader, min) < 0) min = copySpan(reader);
        if (max === null || compareSpan(reader, max) > 0) max = copySpan(reader);
      });
      return { min: decode(min), max: decode(max) };
    }
  }
}

async function numericExtremes(
  rows: Uint32Array,
  numberAt: (row: number) => number,
  pace: Pace,
): Promise<{ min: number; max: number }> {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  await paced(rows.length, pace, (i) => {
    const value = numberAt(rows[i] ?? 0);
    if (value < min) min = value;
    if (value > max) max = value;
  });
  return { min, max };
}

function decode(bytes: Uint8Array | null): string | null {
  return bytes && Buffer.from(bytes).toString();
}
