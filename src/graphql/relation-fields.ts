import type { Column, Relation, Table } from '../model/model.ts';
import { toOperand } from '../plan/operand.ts';
import { readValue } from '../rows/query.ts';
import type { Value } from '../values/value.ts';
import type { Builder } from './builder.ts';
import { type RowNode, resolveCollection } from './collection.ts';
import { collectionArguments } from './collection-arguments.ts';
import type { RequestScope } from './request-scope.ts';
import type { TableTypes } from './table-types.ts';

/** Adds the fields that lead from a table's rows to those of other tables. */
export function addRelations(
  builder: Builder,
  types: Pick<TableTypes, 'table' | 'node'>,
  typesOf: (table: Relation['table']) => TableTypes,
): void {
  for (const relation of types.table.relations) {
    builder.objectField(types.node, relation.fieldName, (t) => {
      const other = typesOf(relation.table);
      const columns = relation.otherColumns.map((name) => columnNamed(other.table, name));
      const related = async (parent: RowNode, scope: RequestScope) => {
        const key = relation.columns.map((name) => keyPart(parent, columnNamed(types.table, name)));
        // SQL's NULL equals nothing.
        return key.includes(null) ? [] : scope.rowsByKey(other.table, columns, key);
      };
      if (relation.cardinality === 'many') {
        return t.field({
          type: other.connection,
          nullable: false,
          args: collectionArguments(t, other),
          resolve: async (parent, args, { scope }, info) =>
            resolveCollection(other.table, args, scope, info, await related(parent, scope)),
        });
      }
      return t.field({
        type: other.node,
        resolve: async (parent, _args, { scope }) => {
          const [row] = await related(parent, scope);
          return row === undefined ? null : { table: other.table, view: await scope.view(other.table), row };
        },
      });
    });
  }
}

function columnNamed(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (!column) throw new Error(`the model must relate exposed columns only, but got ${table.name}.${name}`);
  return column;
}

function keyPart({ view, row }: RowNode, column: Column): Value | null {
  const value = readValue(view, column, row);
  return value.ok ? toOperand(column.type, value.value, column.fieldName) : null;
}
