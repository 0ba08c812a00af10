import { type ColumnType, type ElementType, isFilterable } from './column-type.ts';

/** The operators of a filter on one column. */
export type Operator =
  | ComparisonOperator
  | MatchOperator
  | ListOperator
  | 'in'
  /** `NULL` or `NOT_NULL`. */
  | 'is';

export type ComparisonOperator = 'eq' | 'neq' | 'lt' | 'lte' | 'gt' | 'gte';
export type MatchOperator = 'like' | 'ilike' | 'startsWith' | 'regex' | 'iregex';
/** The set operators of array columns. */
export type ListOperator = 'contains' | 'containedBy' | 'overlaps';

const ordered: readonly Operator[] = ['eq', 'gt', 'gte', 'in', 'is', 'lt', 'lte', 'neq'];
const text: readonly Operator[] = [...ordered, 'ilike', 'iregex', 'like', 'regex', 'startsWith'];
const identity: readonly Operator[] = ['eq', 'in', 'is', 'neq'];
const equality: readonly Operator[] = ['eq', 'is'];
const list: readonly Operator[] = ['containedBy', 'contains', 'eq', 'is', 'overlaps'];

const operatorsByKind: Readonly<Record<ElementType['kind'], readonly Operator[]>> = {
  text,
  citext: text,
  bpchar: text,
  bool: equality,
  int2: ordered,
  int4: ordered,
  int8: ordered,
  float4: ordered,
  float8: ordered,
  numeric: ordered,
  uuid: identity,
  date: ordered,
  time: ordered,
  timestamp: ordered,
  timestamptz: ordered,
  json: [],
  jsonb: [],
  enum: identity,
  opaque: equality,
};

/** The operators for columns of this type, as in pg_graphql; none for JSON. */
export function operatorsOf(type: ColumnType): readonly Operator[] {
  if (type.kind === 'array') return isFilterable(type) ? list : [];
  return operatorsByKind[type.kind];
}
