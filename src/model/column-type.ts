import type { ScalarType } from '../values/type/sql-type.ts';

/** The type of a column: a `SqlType` whose enums have GraphQL names. */
export type ColumnType = ElementType | ArrayType;

/** A type of single values. */
export type ElementType = ScalarType | EnumType;

/** A Postgres enum. */
export interface EnumType {
  readonly kind: 'enum';
  readonly schema: string;
  readonly name: string;
  /** In sort order. */
  readonly labels: readonly string[];
  /** The name of its GraphQL type. */
  readonly typeName: string;
  /** The GraphQL name of each label, at the same index. */
  readonly valueNames: readonly string[];
  readonly description: string | undefined;
}

/** An array of a type's values. */
export interface ArrayType {
  readonly kind: 'array';
  readonly element: ElementType;
}

/** The type of the column's values, or of the elements of its arrays. */
export function elementTypeOf(type: ColumnType): ElementType {
  return type.kind === 'array' ? type.element : type;
}

/** The type without its modifier: an operand may be longer than the column's values. */
export function undeclared(type: ColumnType): ColumnType {
  return type.kind === 'array'
    ? { kind: 'array', element: withoutModifier(type.element) }
    : withoutModifier(type);
}

function withoutModifier(type: ElementType): ElementType {
  return type.kind === 'enum' || type.modifier === undefined ? type : { kind: type.kind };
}

/** Postgres' name of the type, such as `int4` or `mood[]`. */
export function nameOfType(type: ColumnType): string {
  if (type.kind === 'array') return `${nameOfType(type.element)}[]`;
  return type.kind === 'enum' ? type.name : type.kind;
}

/** Whether rows can be filtered by a column of this type. */
export function isFilterable(type: ColumnType): boolean {
  const { kind } = elementTypeOf(type);
  return kind !== 'json' && kind !== 'jsonb';
}

/** Whether rows can be ordered by a column of this type. */
export function isOrderable(type: ColumnType): boolean {
  return type.kind !== 'array' && isFilterable(type);
}
