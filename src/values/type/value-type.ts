import type { JsonValue } from '../json-value.ts';
import type { Value } from '../value.ts';

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
