import { type Pace, paced } from '../../columns/pace.ts';
import type { Column } from '../../model/model.ts';
import { compareSpan, copySpan } from '../../values/bytes.ts';
import type { Value } from '../../values/value.ts';
import { toMicros } from '../store/raw-text.ts';
import { readTyped } from '../store/read-value.ts';
import type { TableView } from '../store/view.ts';

/** The minimum and maximum of a column over some rows; null if none of them has a value. */
export interface Extremes {
  readonly min: Value | null;
  readonly max: Value | null;
}

/** Finds the minimum and maximum of a column over some rows. */
export async function extremes(
  view: TableView,
  column: Column,
  rows: Uint32Array,
  pace: Pace,
): Promise<Extremes> {
  const { data, mergesForms } = await view.typed(column, pace);
  switch (data.encoding) {
    case 'ranked': {
      const { codes } = data;
      const { min, max } = await numericExtremes(rows, (row) => codes[row] || Number.NaN, pace);
      const valueAt = (code: number): Value | null => {
        if (!mergesForms) return data.values[code - 1] ?? null;
        // Of equal values that are written differently, the last row's wins, as in Postgres.
        const row = rows.findLast((candidate) => codes[candidate] === code);
        return row === undefined ? null : (readTyped(view, column, row) ?? null);
      };
      return { min: valueAt(min), max: valueAt(max) };
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
