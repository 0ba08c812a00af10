import type { Column, Relation, Table } from '../model/model.ts';
import type { Builder } from './builder.ts';
import { type Connection, countMatches, openCollection, readCollection } from './collection.ts';
import { collectionArguments } from './connection-types.ts';
import { means, type ResolvedRelation } from './field-meaning.ts';
import { relatedRow, relatedRows } from './row-node.ts';
import { selectedFields } from './selection.ts';
import { SharedResults } from './shared-results.ts';
import type { TableTypes } from './table-types.ts';

/** Adds the fields from a table's rows to those of other tables. */
export function addRelations(
  builder: Builder,
  { table, node }: TableTypes,
  typesOf: (table: Relation['table']) => TableTypes,
): void {
  for (const { fieldName, ...declared } of table.relations) {
    const other = typesOf(declared.table);
    const relation: ResolvedRelation = {
      cardinality: declared.cardinality,
      columns: declared.columns.map((name) => columnNamed(table, name)),
      other: other.table,
      otherColumns: declared.otherColumns.map((name) => columnNamed(other.table, name)),
    };
    const extensions = means({ kind: 'relation', relation });
    /** By the related rows. */
    const connections = new SharedResults<Promise<Connection>>();
    builder.objectField(node, fieldName, (t) =>
      relation.cardinality === 'many'
        ? t.field({
            type: other.connection,
            nullable: false,
            description: `The rows of ${other.table.typeName} that refer to this row.`,
            args: collectionArguments(t, other),
            extensions: { ...extensions, connection: { maxRows: other.table.maxRows } },
            resolve: (parent, args, { scope }, info) => {
              const connect = async () => {
                const candidates = await relatedRows(parent, relation, scope);
                const connection = await connections.of(info, candidates, async () => {
                  const query = await readCollection(other.table, args, scope);
                  return openCollection(query, selectedFields(info), scope, candidates);
                });
                countMatches(connection, scope);
                return connection;
              };
              return scope.turns.after(connect());
            },
          })
        : t.field({
            type: other.node,
            extensions,
            resolve: (parent, _args, { scope }) => scope.turns.after(relatedRow(parent, relation, scope)),
          }),
    );
  }
}

function columnNamed(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (!column) throw new Error(`a relation refers to ${table.name}.${name}, which is not exposed`);
  return column;
}
