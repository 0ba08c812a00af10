import { namesOfTable } from '../model/generated-names.ts';
import type { Builder } from './builder.ts';
import { countMatches, openCollection, readCollection } from './collection.ts';
import { collectionArguments } from './connection-types.ts';
import { means } from './field-meaning.ts';
import type { NodeRef } from './relay-types.ts';
import { keyFromArguments, rowByKey, rowByNodeId } from './row-node.ts';
import { selectedFields } from './selection.ts';
import type { TableTypes } from './table-types.ts';

/** Adds the root fields of every table, and `node` if the schema has its interface. */
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
  if (node) addNodeField(builder, tables, node);
  for (const types of tables) {
    if (types.table.key.length > 0) addByPkField(builder, types);
    addCollectionField(builder, types);
  }
  // GraphQL requires at least one field.
  if (tables.length === 0) builder.queryField('_empty', (t) => t.boolean({ resolve: () => null }));
}

function addNodeField(builder: Builder, types: readonly TableTypes[], node: NodeRef): void {
  const tables = types.map(({ table }) => table);
  builder.queryField('node', (t) =>
    t.field({
      type: node,
      description: 'Look up a row by its globally unique ID.',
      args: { nodeId: t.arg.id({ required: true }) },
      extensions: means({ kind: 'node', tables }),
      resolve: (_root, { nodeId }, { scope }) => rowByNodeId(tables, nodeId, scope),
    }),
  );
}

function addByPkField(builder: Builder, { table, node, columns }: TableTypes): void {
  builder.queryField(namesOfTable(table).byPkField, (t) =>
    t.field({
      type: node,
      description: `Look up a row of ${table.typeName} by its key.`,
      args: Object.fromEntries(
        table.key.map((column) => [
          column.fieldName,
          t.arg({ type: columns.elementOf(column.type), required: true }),
        ]),
      ),
      extensions: means({ kind: 'byPk', table }),
      resolve: (_root, args: Readonly<Record<string, unknown>>, { scope }) =>
        rowByKey(table, keyFromArguments(table, args), scope),
    }),
  );
}

function addCollectionField(builder: Builder, types: TableTypes): void {
  const { table } = types;
  builder.queryField(namesOfTable(table).collectionField, (t) =>
    t.field({
      type: types.connection,
      nullable: false,
      description: `The rows of ${table.typeName}, page by page.`,
      args: collectionArguments(t, types),
      extensions: { ...means({ kind: 'collection', table }), connection: { maxRows: table.maxRows } },
      resolve: async (_root, args, { scope }, info) => {
        const query = await readCollection(table, args, scope);
        const connection = await openCollection(query, selectedFields(info), scope);
        countMatches(connection, scope);
        return connection;
      },
    }),
  );
}
