import type { Column } from '../../columns/column.ts';
import type { Origin } from '../../model/model.ts';
import { timestampType } from '../../values/type/timestamp-types.ts';
import type { RowStore } from './row-store.ts';

/** The text of a row's value, from which it is cast to a column's type; null if there is none. */
export function readText(store: RowStore, origin: Origin, row: number): string | null {
  if (origin.kind === 'attributes') return attributesText(store, row);
  const column = store.column(origin);
  return column ? columnText(column, row) : null;
}

/** The text of a column's value at a row. */
export function columnText(column: Column, row: number): string | null {
  switch (column.encoding) {
    case 'text':
      return column.get(row);
    case 'number':
      return instantText(column.values[row] ?? Number.NaN);
    case 'ranked': {
      const value = column.values[(column.codes[row] ?? 0) - 1];
      return value === undefined ? null : String(value);
    }
  }
}

/** A row's attributes in the notation of `jsonb`: an array of single-key objects. */
export function attributesText(store: RowStore, row: number): string {
  const objects = store
    .attributes(row)
    .map(([name, value]) => `{${JSON.stringify(name)}: ${JSON.stringify(value)}}`);
  return `[${objects.join(', ')}]`;
}

/** The text of a timestamp as Postgres casts it, with a space before the time. */
function instantText(milliseconds: number): string | null {
  if (Number.isNaN(milliseconds)) return null;
  return String(timestampType.print(toMicros(milliseconds))).replace('T', ' ');
}

/** Milliseconds as a value of `timestamp` or `timestamptz`. */
export function toMicros(milliseconds: number): bigint {
  return BigInt(Math.floor(milliseconds)) * 1000n;
}
