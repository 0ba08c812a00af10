import type { Decimal } from './number/decimal.ts';

/** A value of any type, in the form its type compares. It comes from the type's `parse`, and from nowhere else. */
export type Value = string | number | bigint | boolean | Decimal | ArrayValue;

/** An array with one dimension. */
export type ArrayValue = readonly (Value | null)[];
