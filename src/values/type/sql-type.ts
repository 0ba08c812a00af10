/**
 * The Postgres types of single values that the gateway tells apart, enums excepted. Everything it does not know by
 * name is `opaque`. `varchar` behaves like `text` here, so it shares its kind.
 */
export type ScalarKind =
  | 'text'
  | 'citext'
  | 'bpchar'
  | 'bool'
  | 'int2'
  | 'int4'
  | 'int8'
  | 'float4'
  | 'float8'
  | 'numeric'
  | 'uuid'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'timestamptz'
  | 'json'
  | 'jsonb'
  | 'opaque';

/** A type of single values. */
export interface ScalarType {
  readonly kind: ScalarKind;
  /** What the type is declared with, as `varchar(3)` is, in the form of Postgres' catalog. */
  readonly modifier?: number;
}

/** A Postgres type, as far as its values go. */
export type SqlType =
  | ScalarType
  /** Labels in sort order, and at the same places what they are printed as; as themselves where left out. */
  | {
      readonly kind: 'enum';
      readonly labels: readonly string[];
      readonly valueNames?: readonly string[] | undefined;
    }
  | { readonly kind: 'array'; readonly element: SqlType };
