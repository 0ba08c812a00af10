import { elementTypeOf, nameOfType } from '../../model/column-type.ts';
import type { Column } from '../../model/model.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { JsonValue } from '../../values/json-value.ts';
import { valueType } from '../../values/type/registry.ts';
import type { Value } from '../../values/value.ts';
import { columnText, readText, toMicros } from './raw-text.ts';
import { servesMilliseconds } from './typed-column.ts';
import type { TableView } from './view.ts';

/** Why a row's value cannot be shown, worded to follow `column age: `. */
export type ValueFault = string;

/** A row's value in a column as pg_graphql prints it. Reads that row only. */
export function readValue(view: TableView, column: Column, row: number): Result<JsonValue, ValueFault> {
  const value = readTyped(view, column, row);
  if (value === null) return nothing;
  if (value === undefined) return failure(`stored text is not a valid ${nameOfType(column.type)}`);
  const printed = valueType(column.type).print(value);
  const { kind } = elementTypeOf(column.type);
  return kind === 'float4' || kind === 'float8' ? checkFloats(printed) : success(printed);
}

const nothing = success(null);

/** JSON has no NaN or infinity, which are printed as text. */
function checkFloats(printed: JsonValue): Result<JsonValue, ValueFault> {
  const values = Array.isArray(printed) ? printed : [printed];
  const text = values.find((value) => typeof value === 'string');
  return text === undefined ? success(printed) : failure(notInJson(text));
}

/** The fault of a float that is NaN or infinite. */
export function notInJson(number: string | number): ValueFault {
  return `JSON has no number for ${number}`;
}

/** A row's value in a column; null if there is none, undefined if the row's text is not a value of the type. */
export function readTyped(
  { store }: TableView,
  { origin, type }: Column,
  row: number,
): Value | null | undefined {
  if (origin.kind === 'attributes') return parse(readText(store, origin, row), type);
  const raw = store.column(origin);
  if (!raw) return null;
  if (raw.encoding === 'number' && servesMilliseconds(type)) {
    const milliseconds = raw.values[row] ?? Number.NaN;
    return Number.isNaN(milliseconds) ? null : toMicros(milliseconds);
  }
  const text = columnText(raw, row);
  return servesText(type) ? text : parse(text, type);
}

/** Whether any stored text is a value of the type as it is, without parsing. */
export function servesText(type: Column['type']): boolean {
  return type.kind === 'text' && type.modifier === undefined;
}

function parse(text: string | null, type: Column['type']): Value | null | undefined {
  return text === null ? null : valueType(type).parse(text);
}
