import { arrayType } from './array-type.ts';
import { boolType } from './bool-type.ts';
import { dateType } from './date-type.ts';
import { enumType } from './enum-type.ts';
import { float4Type, float8Type } from './float-types.ts';
import { int2Type, int4Type, int8Type } from './integer-types.ts';
import { jsonbType, jsonType } from './json-types.ts';
import { numericType } from './numeric-type.ts';
import type { ScalarKind, SqlType } from './sql-type.ts';
import { bpcharType, citextType, textType } from './text-types.ts';
import { timeType } from './time-type.ts';
import { timestampType, timestamptzType } from './timestamp-types.ts';
import { uuidType } from './uuid-type.ts';
import type { ValueType } from './value-type.ts';

/** What Postgres does with the values of a type. Always the same object for the same type. */
export function valueType(type: SqlType): ValueType {
  if (type.kind !== 'enum' && type.kind !== 'array') return scalarTypes[type.kind];
  const known = derivedTypes.get(type);
  if (known) return known;
  const created =
    type.kind === 'enum' ? enumType(type.labels, type.valueNames) : arrayType(valueType(type.element));
  derivedTypes.set(type, created);
  return created;
}

/** Enums and arrays, made when they are first asked for. */
const derivedTypes = new WeakMap<SqlType, ValueType>();

const scalarTypes: Readonly<Record<ScalarKind, ValueType>> = {
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
