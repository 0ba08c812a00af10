import { failure, type Result, success } from '../../model/result.ts';
import type { JsonValue } from '../../values/json-value.ts';
import { type ExactNumber, toJsonNumber } from '../../values/number/exact-number.ts';
import type { Numeric } from '../../values/type/numeric-type.ts';
import { valueType } from '../../values/type/registry.ts';
import type { SqlType } from '../../values/type/sql-type.ts';
import type { Value } from '../../values/value.ts';
import { notInJson, type ValueFault } from '../store/read-value.ts';

/**
 * One aggregate as pg_graphql writes it in JSON: a number with all its digits, `"NaN"` or an infinity of `numeric` as
 * a string, or null if no row has a value. A fault if JSON cannot express the number.
 */
export type Figure = Result<JsonValue | ExactNumber, ValueFault>;

/** A column's value as the result of an aggregate. */
export function toFigure(type: SqlType, value: Value | null): Figure {
  if (value === null) return success(null);
  switch (type.kind) {
    case 'float4':
    case 'float8':
      return typeof value === 'number' && !Number.isFinite(value)
        ? failure(notInJson(value))
        : success(toJsonNumber(valueType(type).jsonb(value)));
    case 'int8':
      return success(toJsonNumber(String(value)));
    case 'numeric':
      return numericFigure(String(value));
    default:
      return success(valueType(type).print(value));
  }
}

/** A `numeric` value as the result of an aggregate. */
export function numericFigure(value: Numeric | string): Figure {
  const text = String(value);
  return success(text.endsWith('NaN') || text.endsWith('Infinity') ? text : toJsonNumber(text));
}
