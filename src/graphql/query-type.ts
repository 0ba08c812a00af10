import { BadUserInputError } from '../errors.ts';
import { namesOfTable } from '../model/generated-names.ts';
import { findTable, type Table } from '../model/model.ts';
import { keyOf, parseNodeId } from '../plan/key.ts';
import { toOperand } from '../plan/operand.ts';
import type { Builder } from './builder.ts';
import { type RowNode, resolveCollection } from './collection.ts';
import { collectionArguments } from './collection-arguments.ts';
import type { NodeRef } from './node.ts';
import type { Key, RequestScope } from './request-scope.ts';
import type { TableTypes } from './table-types.ts';

/** Adds the root fields of every table, and `node` where the schema has its interface. */
export function addQueryType(
  builder: Builder,
  tables: readonly TableTypes[],
  node: NodeRef | undefined,
): void {
  builder.queryType({
    ...(tables.length === 0 && {
      description: 'No foreign table is exposed. The log and `inspect` say why.',
    }),
  });
  if (node)
    addNodeField(
      builder,
      tables.map(({ table }) => table),
      node,
    );
  for (const types of tables) {
    if (types.table.key.length > 0) addByPkField(builder, types);
    addCollectionField(builder, types);
  }
  // GraphQL wants at least one field, whatever the catalog holds.
  if (tables.length === 0) builder.queryField('_empty', (t) => t.boolean({ resolve: () => null }));
}

function addNodeField(builder: Builder, tables: readonly Table[], node: NodeRef): void {
  builder.queryField('node', (t) =>
    t.field({
      type: node,
      description: 'Any row, by its nodeId.',
      args: { nodeId: t.arg.id({ required: true }) },
      resolve: (_root, { nodeId }, { scope }) => {
        const id = parseNodeId(nodeId, 'nodeId');
        const table = findTable(tables, { schema: id.schema, name: id.table });
        if (!table || table.key.length === 0) {
          throw new BadUserInputError(
            'nodeId',
            'nodeId must name a row of this API, but got one of a type it does not have',
          );
        }
        return rowByKey(table, keyOf(table, id, 'nodeId'), scope);
      },
    }),
  );
}

function addByPkField(builder: Builder, { table, node, columns }: TableTypes): void {
  builder.queryField(namesOfTable(table).byPkField, (t) =>
    t.field({
      type: node,
      description: `The row of ${table.typeName} with this key.`,
      args: Object.fromEntries(
        table.key.map((column) => [
          column.fieldName,
          t.arg({ type: columns.elementOf(column.type), required: true }),
        ]),
      ),
      resolve: (_root, args: { readonly [name: string]: unknown }, { scope }) => {
        const key = table.key.map((column) =>
          toOperand(column.type, args[column.fieldName], column.fieldName),
        );
        return rowByKey(table, key, scope);
      },
    }),
  );
}

function addCollectionField(builder: Builder, types: TableTypes): void {
  builder.queryField(namesOfTable(types.table).collectionField, (t) =>
    t.field({
      type: types.connection,
      nullable: false,
      description: `A page of ${types.table.typeName}.`,
      args: collectionArguments(t, types),
      resolve: (_root, args, { scope }, info) => resolveCollection(types.table, args, scope, info),
    }),
  );
}

/** The visible row with the key, or null. */
export async function rowByKey(table: Table, key: Key, scope: RequestScope): Promise<RowNode | null> {
  const [row] = await scope.rowsByKey(table, table.key, key);
  return row === undefined ? null : { table, view: await scope.view(table), row };
}
