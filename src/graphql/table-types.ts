import type { ObjectRef } from '@pothos/core';
import { isOrderable } from '../model/column-type.ts';
import { namesOfTable } from '../model/generated-names.ts';
import type { Table } from '../model/model.ts';
import type { FilterInput } from '../plan/filter.ts';
import type { OrderInput } from '../plan/order.ts';
import { encodeNodeId } from '../rows/page/cursor-and-node-id.ts';
import { addAggregate } from './aggregate-types.ts';
import type { Builder, SchemaTypes } from './builder.ts';
import type { Connection } from './collection.ts';
import type { ColumnTypes } from './column-types.ts';
import { addConnection, type CollectionInputs } from './connection-types.ts';
import { means } from './field-meaning.ts';
import type { NodeRef, PageInfoRef } from './relay-types.ts';
import { columnValue, type RowNode } from './row-node.ts';

/** The shared types that the types of a table refer to. */
export interface SharedTypes {
  /** Shared by all tables, except in a subgraph. */
  readonly columns: ColumnTypes;
  readonly pageInfo: PageInfoRef;
  /** Undefined if the schema has no `Node` interface. */
  readonly node: NodeRef | undefined;
}

/** The types of one table. */
export interface TableTypes extends CollectionInputs {
  readonly table: Table;
  readonly columns: ColumnTypes;
  readonly node: ObjectRef<Types, RowNode>;
  readonly connection: ObjectRef<Types, Connection>;
}

type Types = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>;

/** Adds a table's types to a schema: the object, its filter and order inputs, edge and connection. */
export function addTableTypes(builder: Builder, table: Table, shared: SharedTypes): TableTypes {
  const node = builder.objectRef<RowNode>(namesOfTable(table).type);
  const connection = addConnection(builder, table, { node, pageInfo: shared.pageInfo });
  if (table.aggregate) addAggregate(builder, table, connection, shared.columns);
  addRowType(builder, table, node, shared);
  return {
    table,
    columns: shared.columns,
    node,
    filter: addFilterInput(builder, table, shared.columns),
    orderBy: addOrderInput(builder, table, shared.columns),
    connection,
  };
}

/** Adds the type of a table's rows. */
function addRowType(
  builder: Builder,
  table: Table,
  row: ObjectRef<Types, RowNode>,
  { columns, node }: SharedTypes,
): void {
  builder.objectType(row, {
    ...(table.description && { description: table.description }),
    ...(node && table.key.length > 0 && { interfaces: [node] }),
    fields: (t) => ({
      ...(table.key.length > 0 && {
        nodeId: t.id({
          nullable: false,
          description: 'Globally unique ID of this row.',
          extensions: means({ kind: 'nodeId' }),
          resolve: ({ view, row }) => encodeNodeId(view, row),
        }),
      }),
      ...Object.fromEntries(
        table.columns.map((column) => {
          const type = columns.elementOf(column.type);
          const nullable = !column.notNull;
          const common = {
            ...(column.description && { description: column.description }),
            extensions: means({ kind: 'column', column }),
          };
          const field =
            column.type.kind === 'array'
              ? t.field({
                  ...common,
                  type: [type],
                  // SQL arrays may contain NULL anywhere.
                  nullable: { list: nullable, items: true },
                  resolve: (parent) => asList(columnValue(parent, column)),
                })
              : t.field({ ...common, type, nullable, resolve: (parent) => columnValue(parent, column) });
          return [column.fieldName, field];
        }),
      ),
      ...(hasAttributes(table) && {
        attribute: t.field({
          type: 'String',
          description: 'The value of one attribute of the user, by its name.',
          args: { name: t.arg.string({ required: true }) },
          extensions: means({ kind: 'attribute' }),
          resolve: ({ view, row }, { name }) => view.store.attribute(row, name),
        }),
      }),
    }),
  });
}

function addFilterInput(builder: Builder, table: Table, columnTypes: ColumnTypes) {
  const filter = builder.inputRef<FilterInput>(namesOfTable(table).filter);
  return filter.implement({
    fields: (t) => {
      const columns = table.columns.flatMap((column) => {
        const type = columnTypes.filterOf(column.type);
        return type ? [[column.fieldName, t.field({ type })] as const] : [];
      });
      const combinations = {
        ...(table.key.length > 0 && { nodeId: t.field({ type: columnTypes.idFilter }) }),
        and: t.field({ type: [filter], description: 'Matches if all of these filters match.' }),
        or: t.field({ type: [filter], description: 'Matches if at least one of these filters matches.' }),
        not: t.field({ type: filter, description: 'Matches if this filter does not.' }),
      };
      // A column with one of these names replaces it.
      return { ...Object.fromEntries(columns), ...combinations, ...Object.fromEntries(columns) };
    },
  });
}

/** The input of `orderBy`; undefined if no column can be ordered. */
function addOrderInput(builder: Builder, table: Table, columnTypes: ColumnTypes) {
  const columns = table.columns.filter((column) => isOrderable(column.type));
  if (columns.length === 0) return undefined;
  return builder.inputRef<OrderInput>(namesOfTable(table).orderBy).implement({
    fields: (t) =>
      Object.fromEntries(
        columns.map((column) => [column.fieldName, t.field({ type: columnTypes.orderByDirection })]),
      ),
  });
}

function asList(value: unknown): readonly unknown[] | null {
  return Array.isArray(value) ? value : null;
}

function hasAttributes(table: Table): boolean {
  return (
    table.columns.some((column) => column.origin.kind === 'attributes') &&
    !table.columns.some((column) => column.fieldName === 'attribute')
  );
}
