import type { InputObjectRef, ObjectRef } from '@pothos/core';
import { namesOfTable } from '../model/generated-names.ts';
import type { Table } from '../model/model.ts';
import type { FilterInput } from '../plan/filter.ts';
import type { OrderInput } from '../plan/order.ts';
import { encodeCursor } from '../rows/page/cursor-and-node-id.ts';
import type { Builder, SchemaTypes } from './builder.ts';
import { type Connection, type Edge, edgesOf } from './collection.ts';
import { means } from './field-meaning.ts';
import type { PageInfoRef } from './relay-types.ts';
import type { RowNode } from './row-node.ts';

type Types = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>;
type FieldBuilder = Parameters<Parameters<Builder['queryField']>[1]>[0];

/** The input types of a table's collections. */
export interface CollectionInputs {
  readonly filter: InputObjectRef<Types, FilterInput>;
  /** Undefined if no column can be ordered. */
  readonly orderBy: InputObjectRef<Types, OrderInput> | undefined;
}

/** The arguments of a field that returns a table's connection. */
export function collectionArguments(t: Pick<FieldBuilder, 'arg'>, { filter, orderBy }: CollectionInputs) {
  return {
    first: t.arg.int({ description: 'Return at most this many rows from the start of the collection.' }),
    last: t.arg.int({ description: 'Return at most this many rows from the end of the collection.' }),
    before: t.arg({ type: 'Cursor', description: 'Return only rows before this cursor.' }),
    after: t.arg({ type: 'Cursor', description: 'Return only rows after this cursor.' }),
    offset: t.arg.int({
      description: 'Skip this many rows. Prefer cursors for paging through a collection.',
    }),
    filter: t.arg({ type: filter, description: 'Return only rows that match this filter.' }),
    ...(orderBy && { orderBy: t.arg({ type: [orderBy], description: 'Sort order of the rows.' }) }),
  };
}

/** Adds a table's connection and its edge to a schema. */
export function addConnection(
  builder: Builder,
  table: Table,
  { node, pageInfo }: { readonly node: ObjectRef<Types, RowNode>; readonly pageInfo: PageInfoRef },
): ObjectRef<Types, Connection> {
  const names = namesOfTable(table);
  const edge = builder.objectRef<Edge>(names.edge).implement({
    fields: (t) => ({
      cursor: t.string({
        nullable: false,
        description: 'Position of this row in the collection, for `before` and `after`.',
        extensions: means({ kind: 'cursor' }),
        resolve: ({ connection, row }) => encodeCursor(connection.view, connection.order, row),
      }),
      node: t.field({
        type: node,
        nullable: false,
        extensions: means({ kind: 'edgeNode' }),
        resolve: ({ connection: { view }, row }) => ({ view, row }),
      }),
    }),
  });
  return builder.objectRef<Connection>(names.connection).implement({
    fields: (t) => ({
      edges: t.field({
        type: [edge],
        nullable: false,
        extensions: means({ kind: 'edges' }),
        resolve: (parent, _args, { scope }) => edgesOf(parent, scope.pace),
      }),
      pageInfo: t.field({
        type: pageInfo,
        nullable: false,
        extensions: means({ kind: 'pageInfo' }),
        resolve: (parent) => parent,
      }),
      ...(table.totalCount && {
        totalCount: t.int({
          nullable: false,
          description: 'Number of all matching rows, ignoring pagination.',
          extensions: means({ kind: 'totalCount' }),
          resolve: ({ page }) => page.totalCount,
        }),
      }),
    }),
  });
}
