import type { JsonValue } from '../json-value.ts';
import type { Value } from '../value.ts';

/**
 * How Postgres treats the values of a type. Values come only from the `parse` of the same type.
 */
export interface ValueType<T extends Value = Value> {
  /** Reads a text like Postgres' input function; undefined if that would raise an error. */
  parse(text: string): T | undefined;
  /** Compares like the type's btree operators under the collation `C`: negative, 0 or positive. */
  compare(a: T, b: T): number;
  /** A number that is never greater for the smaller of two values. It distinguishes most values cheaply. */
  sortKey(value: T): number;
  /** The value as pg_graphql prints it in `data`. */
  print(value: T): JsonValue;
  /** `to_jsonb(value)::text`, for cursors and nodeIds. */
  jsonb(value: T): string;
}
