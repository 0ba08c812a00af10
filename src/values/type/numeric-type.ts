import { compareDecimals, Decimal, parseDecimal } from '../number/decimal.ts';
import { parseWhole, trimSpace } from '../number/number-text.ts';
import type { ValueType } from './value-type.ts';

/** A value of `numeric`: a decimal, NaN or an infinity. */
export type Numeric = Decimal | NonFinite;

/** The values that are not finite. As in Postgres, NaN equals itself and is greater than all others. */
export type NonFinite = 'NaN' | 'Infinity' | '-Infinity';

/** `numeric`, printed as a string because JSON parsers would round it. */
export const numericType: ValueType<Numeric> = {
  parse(text) {
    const trimmed = trimSpace(text);
    const nonFinite = nonFiniteWords.get(trimmed.toLowerCase());
    if (nonFinite) return nonFinite;
    const whole = prefixed.test(trimmed) ? parseWhole(trimmed) : undefined;
    return whole === undefined ? parseDecimal(trimmed) : Decimal.of(whole, 0, 0);
  },
  compare: compareNumerics,
  sortKey: (value) => (value instanceof Decimal ? value.toNumber() : nonFiniteKeys[value]),
  print: String,
  jsonb: (value) => (value instanceof Decimal ? String(value) : `"${value}"`),
};

/** Compares by value; NaN equals itself and is greater than all others. */
export function compareNumerics(a: Numeric, b: Numeric): number {
  if (a instanceof Decimal && b instanceof Decimal) return compareDecimals(a, b);
  return nonFiniteRank(a) - nonFiniteRank(b);
}

const nonFiniteWords: ReadonlyMap<string, NonFinite> = new Map<string, NonFinite>([
  ['nan', 'NaN'],
  ['infinity', 'Infinity'],
  ['+infinity', 'Infinity'],
  ['-infinity', '-Infinity'],
  ['inf', 'Infinity'],
  ['+inf', 'Infinity'],
  ['-inf', '-Infinity'],
]);

/** Hexadecimal, octal and binary numbers are read as integers. */
const prefixed = /^[+-]?0[xob]/i;

/** NaN and Infinity share a sort key; `compare` distinguishes them. */
const nonFiniteKeys: Readonly<Record<NonFinite, number>> = {
  NaN: Number.POSITIVE_INFINITY,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

function nonFiniteRank(value: Numeric): number {
  if (value instanceof Decimal) return 1;
  return value === '-Infinity' ? 0 : value === 'Infinity' ? 2 : 3;
}
