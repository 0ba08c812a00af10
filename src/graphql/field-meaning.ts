import type { Column, Relation, Table } from '../model/model.ts';
import type { Aggregates } from '../rows/aggregate/aggregate.ts';
import type { Entities } from './representation.ts';

/**
 * What a field of a generated schema stands for, as data. It is kept in the field's extensions, so that whoever
 * reads a schema need not guess from names.
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

/** One operation of an aggregate. */
export type AggregateOperation = Exclude<keyof Aggregates, 'count'>;

/** The columns that each operation of an aggregate has figures on. */
export type OperationColumns = Readonly<Record<AggregateOperation, readonly Column[]>>;

/** A relation whose table and columns have been looked up. */
export interface ResolvedRelation {
  readonly cardinality: Relation['cardinality'];
  readonly columns: readonly Column[];
  readonly other: Table;
  /** The columns of the other table that equal these. The same list for all rows, so that they are found together. */
  readonly otherColumns: readonly Column[];
}

declare module 'graphql' {
  interface GraphQLFieldExtensions<_TSource, _TContext, _TArgs> {
    readonly meaning?: FieldMeaning;
    /** Of a field that returns a connection: the most rows of a page, which it has where none are asked for. */
    readonly connection?: { readonly maxRows: number };
  }
}

/** The extensions of a field that stands for this. */
export function means(meaning: FieldMeaning): { readonly meaning: FieldMeaning } {
  return { meaning };
}
