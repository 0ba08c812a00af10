import type { TypeDefinition } from './definition.ts';

/**
 * The Postgres types that the gateway tells apart. Everything it does not know by name is `opaque`.
 *
 * `varchar` behaves like `text` here, so it shares its kind.
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
  /** The name of its GraphQL type. */
  readonly typeName: string;
}

/** What Postgres calls the types of each kind, in the schema `pg_catalog` or, for `citext`, in any. */
const kindsByName: ReadonlyMap<string, ScalarKind> = new Map<string, ScalarKind>([
  ['text', 'text'],
  ['varchar', 'text'],
  ['bpchar', 'bpchar'],
  ['bool', 'bool'],
  ['int2', 'int2'],
  ['int4', 'int4'],
  ['int8', 'int8'],
  ['float4', 'float4'],
  ['float8', 'float8'],
  ['numeric', 'numeric'],
  ['uuid', 'uuid'],
  ['date', 'date'],
  ['time', 'time'],
  ['timestamp', 'timestamp'],
  ['timestamptz', 'timestamptz'],
  ['json', 'json'],
  ['jsonb', 'jsonb'],
]);

/**
 * The type of a column as the gateway sees it.
 *
 * @param enumTypeName the GraphQL name of the type where it is an enum; undefined where it cannot have one, and
 *   then the column is opaque
 */
export function toColumnType(type: TypeDefinition, enumTypeName: string | undefined): ColumnType {
  const { schema, name, array, enumLabels: labels } = type;
  if (!labels) return { kind: kindOf(type), array, enum: undefined };
  if (enumTypeName === undefined) return { kind: 'opaque', array, enum: undefined };
  return { kind: 'enum', array, enum: { schema, name, labels, typeName: enumTypeName } };
}

function kindOf(type: TypeDefinition): ScalarKind {
  // An extension's type may live in any schema.
  if (type.name === 'citext') return 'citext';
  return (type.schema === 'pg_catalog' && kindsByName.get(type.name)) || 'opaque';
}

/** Whether rows can be filtered by a column of this type. */
export function isFilterable(type: ColumnType): boolean {
  return type.kind !== 'json' && type.kind !== 'jsonb';
}

/** Whether rows can be ordered by a column of this type. */
export function isOrderable(type: ColumnType): boolean {
  return !type.array && type.kind !== 'json' && type.kind !== 'jsonb';
}
