import type { Decimal } from './number/decimal.ts';

/** A value of any type, in the form that its type compares. It comes only from the `parse` of that type. */
export type Value = string | number | bigint | boolean | Decimal | ArrayValue;

/** A one-dimensional array. */
export type ArrayValue = readonly (Value | null)[];
