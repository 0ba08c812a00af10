import { parseWhole } from '../number/number-text.ts';
import type { ValueType } from './value-type.ts';

/** `int2`: integers of 16 bits. */
export const int2Type: ValueType<number> = smallIntegerType(16);

/** `int4`: integers of 32 bits. */
export const int4Type: ValueType<number> = smallIntegerType(32);

/** `int8`: integers of 64 bits, printed as strings because JSON parsers would round them. */
export const int8Type: ValueType<bigint> = {
  parse(text) {
    const value = parseWhole(text);
    return value !== undefined && BigInt.asIntN(64, value) === value ? value : undefined;
  },
  compare: (a, b) => (a < b ? -1 : Number(a > b)),
  sortKey: Number,
  print: String,
  jsonb: String,
};

function smallIntegerType(bits: number): ValueType<number> {
  return {
    parse(text) {
      const value = parseWhole(text);
      return value !== undefined && BigInt.asIntN(bits, value) === value ? Number(value) : undefined;
    },
    compare: (a, b) => a - b,
    sortKey: (value) => value,
    print: (value) => value,
    jsonb: String,
  };
}
