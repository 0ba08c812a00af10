import type { Value } from '../columns/column.ts';
import type { ColumnType, ScalarKind } from '../model/column-type.ts';
import { arrayType } from './array-type.ts';
import { boolType } from './bool-type.ts';
import { dateType } from './date-type.ts';
import { enumType } from './enum-type.ts';
import { float4Type, float8Type } from './float-types.ts';
import { int2Type, int4Type, int8Type } from './integer-types.ts';
import { jsonbType, jsonType } from './json-types.ts';
import type { JsonValue } from './json-value.ts';
import { numericType } from './numeric-type.ts';
import { bpcharType, citextType, textType } from './text-types.ts';
import { timeType } from './time-type.ts';
import { timestampType, timestamptzType } from './timestamp-types.ts';
import { uuidType } from './uuid-type.ts';

/**
 * What Postgres does with the values of a type. Values come from the same type's `parse`, and from nowhere else.
 */
export interface ValueType<T extends Value = Value> {
  /** As Postgres' input function reads text; undefined where it would raise. */
  parse(text: string): T | undefined;
  /** As the type's btree operators compare, under the collation `C`: negative, 0 or positive. */
  compare(a: T, b: T): number;
  /** A number that is never greater for the smaller of two values. Tells most values apart at little cost. */
  sortKey(value: T): number;
  /** As pg_graphql prints it in `data`. */
  print(value: T): JsonValue;
  /** `to_jsonb(value)::text`, for cursors and nodeIds. */
  jsonb(value: T): string;
}

/** What Postgres does with the values of a column's type. */
export function valueType(type: ColumnType): ValueType {
  return type.array ? arrayType(elementType(type)) : elementType(type);
}

function elementType(type: ColumnType): ValueType {
  if (type.kind !== 'enum') return typesByKind[type.kind];
  return type.enum ? enumType(type.enum.labels) : textType;
}

const typesByKind: Readonly<Record<Exclude<ScalarKind, 'enum'>, ValueType>> = {
  text: textType,
  citext: citextType,
  bpchar: bpcharType,
  bool: boolType,
  int2: int2Type,
  int4: int4Type,
  int8: int8Type,
  float4: float4Type,
  float8: float8Type,
  numeric: numericType,
  uuid: uuidType,
  date: dateType,
  time: timeType,
  timestamp: timestampType,
  timestamptz: timestamptzType,
  json: jsonType,
  jsonb: jsonbType,
  opaque: textType,
};
