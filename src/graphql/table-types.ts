import type { InputObjectRef, ObjectRef } from '@pothos/core';
import { RowValueError } from '../errors.ts';
import { isOrderable, nameOfType } from '../model/column-type.ts';
import { namesOfTable } from '../model/generated-names.ts';
import type { Column, Table } from '../model/model.ts';
import type { FilterInput } from '../plan/filter.ts';
import type { OrderInput } from '../plan/order.ts';
import { encodeCursor, encodeNodeId } from '../rows/page/cursor-and-node-id.ts';
import { readValue } from '../rows/query.ts';
import { addAggregate } from './aggregate-types.ts';
import type { Builder, SchemaTypes } from './builder.ts';
import type { Connection, Edge, RowNode } from './collection.ts';
import type { ColumnTypes } from './column-types.ts';
import type { NodeRef } from './node.ts';
import type { PageInfoRef } from './page-info.ts';
import { addRelations } from './relation-fields.ts';

/** What the types of a table refer to, beside each other. */
export interface SharedTypes {
  /** Shared by all tables, but for those of a subgraph. */
  readonly columns: ColumnTypes;
  readonly pageInfo: PageInfoRef;
  /** Undefined where the schema has no `Node` interface. */
  readonly node: NodeRef | undefined;
}

/** The types of one table. */
export interface TableTypes {
  readonly table: Table;
  readonly columns: ColumnTypes;
  readonly node: ObjectRef<Types, RowNode>;
  readonly filter: InputObjectRef<Types, FilterInput>;
  /** Undefined where no column can be ordered. */
  readonly orderBy: InputObjectRef<Types, OrderInput> | undefined;
  readonly connection: ObjectRef<Types, Connection>;
}

type Types = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>;

/**
 * Adds a table's types to a schema: the object, its filter and order inputs, edge and connection.
 *
 * @param typesOf the types of any table of the schema; only to be called once all of them have been added
 */
export function addTableTypes(
  builder: Builder,
  table: Table,
  shared: SharedTypes,
  typesOf: (table: Table['relations'][number]['table']) => TableTypes,
): TableTypes {
  const names = namesOfTable(table);
  const node = builder.objectRef<RowNode>(names.type);
  const filter = addFilterInput(builder, table, shared.columns);
  const orderBy = addOrderInput(builder, table, shared.columns);
  const edge = builder.objectRef<Edge>(names.edge).implement({
    fields: (t) => ({
      cursor: t.string({
        nullable: false,
        resolve: ({ connection, row }) => encodeCursor(connection.view, connection.order, row),
      }),
      node: t.field({
        type: node,
        nullable: false,
        resolve: ({ connection: { view }, row }) => ({ table, view, row }),
      }),
    }),
  });
  const connection = builder.objectRef<Connection>(names.connection).implement({
    fields: (t) => ({
      edges: t.field({
        type: [edge],
        nullable: false,
        resolve: (parent) => parent.page.rows.map((row) => ({ connection: parent, row })),
      }),
      pageInfo: t.field({ type: shared.pageInfo, nullable: false, resolve: (parent) => parent }),
      ...(table.totalCount && {
        totalCount: t.int({
          nullable: false,
          description: 'How many rows the filter matches, before paging.',
          resolve: ({ page }) => page.totalCount,
        }),
      }),
    }),
  });
  if (table.aggregate) addAggregate(builder, table, connection, shared.columns);
  builder.objectType(node, {
    ...(table.description && { description: table.description }),
    ...(shared.node && table.key.length > 0 && { interfaces: [shared.node] }),
    isTypeOf: (value) => isRowOf(value, table),
    fields: (t) => ({
      ...(table.key.length > 0 && {
        nodeId: t.id({
          nullable: false,
          description: 'The row, among all of this API.',
          resolve: ({ view, row }) => encodeNodeId(view, row),
        }),
      }),
      ...Object.fromEntries(
        table.columns.map((column) => {
          const type = shared.columns.elementOf(column.type);
          const nullable = !column.notNull;
          const description = column.description ? { description: column.description } : {};
          const field =
            column.type.kind === 'array'
              ? t.field({
                  ...description,
                  type: [type],
                  // SQL's arrays may hold NULL anywhere.
                  nullable: { list: nullable, items: true },
                  resolve: (parent) => asList(columnValue(parent, column)),
                })
              : t.field({ ...description, type, nullable, resolve: (parent) => columnValue(parent, column) });
          return [column.fieldName, field];
        }),
      ),
      ...(hasAttributes(table) && {
        attribute: t.field({
          type: 'String',
          description: 'Any one attribute of the user, by name.',
          args: { name: t.arg.string({ required: true }) },
          resolve: ({ view, row }, { name }) => view.store.attribute(row, name),
        }),
      }),
    }),
  });
  const types = { table, columns: shared.columns, node, filter, orderBy, connection };
  addRelations(builder, types, typesOf);
  return types;
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
        and: t.field({ type: [filter], description: 'Matches where all filters match' }),
        or: t.field({ type: [filter], description: 'Matches where any filter matches' }),
        not: t.field({ type: filter, description: 'Matches where the filter does not' }),
      };
      // A column of one of those names takes its place.
      return { ...Object.fromEntries(columns), ...combinations, ...Object.fromEntries(columns) };
    },
  });
}

/** The input of `orderBy`; undefined where no column can be ordered. */
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

function columnValue({ view, row }: RowNode, column: Column): unknown {
  const value = readValue(view, column, row);
  if (value.ok) return value.value;
  throw new RowValueError(column.name, nameOfType(column.type));
}

function asList(value: unknown): readonly unknown[] | null {
  return Array.isArray(value) ? value : null;
}

function isRowOf(value: unknown, table: Table): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'table' in value &&
    typeof value.table === 'object' &&
    value.table !== null &&
    'typeName' in value.table &&
    value.table.typeName === table.typeName
  );
}

function hasAttributes(table: Table): boolean {
  return (
    table.columns.some((column) => column.origin.kind === 'attributes') &&
    !table.columns.some((column) => column.fieldName === 'attribute')
  );
}
