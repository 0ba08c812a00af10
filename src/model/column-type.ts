/**
 * The Postgres types that the gateway tells apart. Everything it does not know by name is `opaque`.
 *
 * `varchar` and `name` behave like `text` here, so they share its kind.
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
  | 'enum'
  | 'opaque';

/** The type of a column. */
export interface ColumnType {
  /** The kind of the value, or of each element where `array` is set. */
  readonly kind: ScalarKind;
  readonly array: boolean;
  /** The enum this is, where `kind` is `enum`. */
  readonly enum: EnumType | undefined;
}

/** A Postgres enum; its labels are in sort order. */
export interface EnumType {
  readonly schema: string;
  readonly name: string;
  readonly labels: readonly string[];
}
