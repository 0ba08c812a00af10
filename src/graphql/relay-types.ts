import type { InterfaceRef, ObjectRef } from '@pothos/core';
import type { Builder, SchemaTypes } from './builder.ts';
import { type Connection, cursorAt } from './collection.ts';
import { means } from './field-meaning.ts';
import type { RowNode } from './row-node.ts';

type Types = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>;

/** The interface `Node`. */
export type NodeRef = InterfaceRef<Types, RowNode>;

/** The type `PageInfo`. */
export type PageInfoRef = ObjectRef<Types, Connection>;

/** Adds the interface `Node` to a schema. */
export function addNodeInterface(builder: Builder): NodeRef {
  return builder.interfaceRef<RowNode>('Node').implement({
    description: 'An object with a globally unique ID.',
    resolveType: ({ view }) => view.table.typeName,
    fields: (t) => ({
      nodeId: t.id({ nullable: false, description: 'Globally unique ID of this row.' }),
    }),
  });
}

/** Adds the type `PageInfo` to a schema. */
export function addPageInfo(builder: Builder): PageInfoRef {
  return builder.objectRef<Connection>('PageInfo').implement({
    description: 'Information about a page of a collection.',
    fields: (t) => ({
      endCursor: t.string({
        description: 'Cursor of the last row of the page; null if the page is empty.',
        extensions: means({ kind: 'endCursor' }),
        resolve: (connection) => cursorAt(connection, -1),
      }),
      hasNextPage: t.boolean({
        nullable: false,
        description: 'Whether there are rows after the page.',
        extensions: means({ kind: 'hasNextPage' }),
        resolve: ({ page }) => page.hasNextPage,
      }),
      hasPreviousPage: t.boolean({
        nullable: false,
        description: 'Whether there are rows before the page.',
        extensions: means({ kind: 'hasPreviousPage' }),
        resolve: ({ page }) => page.hasPreviousPage,
      }),
      startCursor: t.string({
        description: 'Cursor of the first row of the page; null if the page is empty.',
        extensions: means({ kind: 'startCursor' }),
        resolve: (connection) => cursorAt(connection, 0),
      }),
    }),
  });
}
