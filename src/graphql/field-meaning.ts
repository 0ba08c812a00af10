import type { Column, Relation, Table } from '../model/model.ts';
import type { Aggregates } from '../rows/aggregate/aggregate.ts';
import type { Entities } from './representation.ts';

/**
 * The meaning of a field of a generated schema, as data. It is stored in the field's extensions, so that code that reads a
 * schema does not have to guess from names.
 */
export type FieldMeaning =
  | { readonly kind: 'node'; readonly tables: readonly Table[] }
  | { readonly kind: 'byPk'; readonly table: Table }
  | { readonly kind: 'collection'; readonly table: Table }
  | { readonly kind: 'entities'; readonly entities: Entities }
  /** Of a connection. */
  | { readonly kind: 'edges' | 'pageInfo' | 'totalCount' }
  | { readonly kind: 'aggregate'; readonly columns: OperationColumns }
  /** Of an edge. */
  | { readonly kind: 'cursor' | 'edgeNode' }
  /** Of `PageInfo`. */
  | { readonly kind: 'startCursor' | 'endCursor' | 'hasNextPage' | 'hasPreviousPage' }
  /** Of a row. */
  | { readonly kind: 'nodeId' | 'attribute' }
  | { readonly kind: 'column'; readonly column: Column }
  | { readonly kind: 'relation'; readonly relation: ResolvedRelation }
  /** Of an aggregate. */
  | { readonly kind: 'count' }
  | { readonly kind: 'operation'; readonly operation: AggregateOperation }
  | { readonly kind: 'figure'; readonly operation: AggregateOperation; readonly column: Column };

/** An operation of an aggregate. */
export type AggregateOperation = Exclude<keyof Aggregates, 'count'>;

/** The columns of each operation of an aggregate. */
export type OperationColumns = Readonly<Record<AggregateOperation, readonly Column[]>>;

/** A relation with its table and columns resolved. */
export interface ResolvedRelation {
  readonly cardinality: Relation['cardinality'];
  readonly columns: readonly Column[];
  readonly other: Table;
  /** The columns of the other table that equal these. All rows share the same list, so that they are looked up together. */
  readonly otherColumns: readonly Column[];
}

declare module 'graphql' {
  interface GraphQLFieldExtensions<_TSource, _TContext, _TArgs> {
    readonly meaning?: FieldMeaning;
    /** For a field that returns a connection: the maximum, and default, number of rows per page. */
    readonly connection?: { readonly maxRows: number };
  }
}

/** The extensions of a field with this meaning. */
export function means(meaning: FieldMeaning): { readonly meaning: FieldMeaning } {
  return { meaning };
}
