import type { JsonValue } from '../json-value.ts';
import { parseDecimal } from '../number/decimal.ts';
import { shortestFloat32, shortestFloat64 } from '../number/float-digits.ts';
import { parseFloat32, parseFloat64 } from '../number/float-text.ts';
import type { ValueType } from './value-type.ts';

/** `float4`: numbers of single precision. */
export const float4Type: ValueType<number> = floatType(parseFloat32, shortestFloat32);

/** `float8`: numbers of double precision. */
export const float8Type: ValueType<number> = floatType(parseFloat64, shortestFloat64);

/** @param shortest gives the fewest digits that identify a number of the type's precision */
function floatType(
  parse: (text: string) => number | undefined,
  shortest: (value: number) => string,
): ValueType<number> {
  return {
    parse,
    compare(a, b) {
      // NaN equals itself and sorts above all other values.
      if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
      return a < b ? -1 : Number(a > b);
    },
    sortKey: (value) => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value),
    // Adding 0 removes the sign of a negative zero.
    print: (value): JsonValue => (Number.isFinite(value) ? Number(shortest(value)) + 0 : String(value)),
    // A number in jsonb is a numeric, which is written without an exponent.
    jsonb: (value) => (Number.isFinite(value) ? String(parseDecimal(shortest(value))) : `"${value}"`),
  };
}
