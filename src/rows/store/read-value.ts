import type { Column } from '../../model/model.ts';
import type { JsonValue } from '../../values/json-value.ts';
import { valueType } from '../../values/registry.ts';
import type { Value } from '../../values/value.ts';
import { columnText, readText, toMicros } from './raw-text.ts';
import type { TableView } from './view.ts';

/** A row's value, or `ok: false` where the row holds text that is no value of the column's type. */
export type ReadValue = { readonly ok: true; readonly value: JsonValue } | { readonly ok: false };

/** A row's value in a column, as pg_graphql prints it. Looks at that row only. */
export function readValue(view: TableView, column: Column, row: number): ReadValue {
  const value = readTyped(view, column, row);
  if (value === undefined) return { ok: false };
  return { ok: true, value: value === null ? null : valueType(column.type).print(value) };
}

/** A row's value in a column; null where there is none, undefined where the row's text is no value of the type. */
export function readTyped(
  { store }: TableView,
  { origin, type }: Column,
  row: number,
): Value | null | undefined {
  if (origin.kind === 'attributes') return parse(readText(store, origin, row), type);
  const raw = store.column(origin);
  if (!raw) return null;
  const isInstant = type.kind === 'timestamp' || type.kind === 'timestamptz';
  if (raw.encoding === 'number' && isInstant) {
    const milliseconds = raw.values[row] ?? Number.NaN;
    return Number.isNaN(milliseconds) ? null : toMicros(milliseconds);
  }
  const text = columnText(raw, row);
  // Text needs no reading: whatever is stored is one.
  return type.kind === 'text' ? text : parse(text, type);
}

function parse(text: string | null, type: Column['type']): Value | null | undefined {
  return text === null ? null : valueType(type).parse(text);
}
