/**
 * The Postgres types of single values that the gateway distinguishes, except enums. Any other type is `opaque`.
 * `varchar` behaves like `text`, so it has the same kind.
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

/** A scalar type. */
export interface ScalarType {
  readonly kind: ScalarKind;
  /** The modifier that the type is declared with, as in `varchar(3)`, in the form of Postgres' catalog. */
  readonly modifier?: number;
}

/** A Postgres type, as far as its values are concerned. */
export type SqlType =
  | ScalarType
  /** Labels in sort order, with their printed names at the same indexes (the labels themselves by default). */
  | {
      readonly kind: 'enum';
      readonly labels: readonly string[];
      readonly valueNames?: readonly string[] | undefined;
    }
  | { readonly kind: 'array'; readonly element: SqlType };
