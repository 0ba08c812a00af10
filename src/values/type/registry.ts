import { arrayType } from './array-type.ts';
import { boolType } from './bool-type.ts';
import { dateType } from './date-type.ts';
import { enumType } from './enum-type.ts';
import { float4Type, float8Type } from './float-types.ts';
import { int2Type, int4Type, int8Type } from './integer-types.ts';
import { jsonbType, jsonType } from './json-types.ts';
import {
  charType,
  declaredNumericType,
  roundedInstantType,
  roundedTimeType,
  varcharType,
} from './modifiers.ts';
import { numericType } from './numeric-type.ts';
import type { ScalarKind, SqlType } from './sql-type.ts';
import { bpcharType, citextType, textType } from './text-types.ts';
import { timeType } from './time-type.ts';
import { timestampType, timestamptzType } from './timestamp-types.ts';
import { uuidType } from './uuid-type.ts';
import type { ValueType } from './value-type.ts';

/** How Postgres treats the values of a type. The same type always has the same object. */
export function valueType(type: SqlType): ValueType {
  if (type.kind !== 'enum' && type.kind !== 'array' && type.modifier === undefined) {
    return scalarTypes[type.kind];
  }
  const known = derivedTypes.get(type);
  if (known) return known;
  const created = derive(type);
  derivedTypes.set(type, created);
  return created;
}

function derive(type: SqlType): ValueType {
  switch (type.kind) {
    case 'enum':
      return enumType(type.labels, type.valueNames);
    case 'array':
      return arrayType(valueType(type.element));
    default:
      return type.modifier === undefined ? scalarTypes[type.kind] : declaredType(type.kind, type.modifier);
  }
}

/** A type with a modifier. Types that are not listed have none that matters. */
function declaredType(kind: ScalarKind, modifier: number): ValueType {
  switch (kind) {
    case 'text':
      return varcharType(textType, modifier);
    case 'bpchar':
      return charType(bpcharType, modifier);
    case 'numeric':
      return declaredNumericType(numericType, modifier);
    case 'timestamp':
      return roundedInstantType(timestampType, modifier);
    case 'timestamptz':
      return roundedInstantType(timestamptzType, modifier);
    case 'time':
      return roundedTimeType(timeType, modifier);
    default:
      return scalarTypes[kind];
  }
}

/** Enums, arrays and types with modifiers, created on first use. */
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
