import type { RoleGrants } from './definition.ts';
import { findTable, type Model, type Table } from './model.ts';

/**
 * The part of a model that a role may read. No table, column, key or relation of the result reveals what it may not
 * read.
 */
export function restrict(model: Model, grants: RoleGrants): Model {
  const tables = model.tables
    .map((table) => restrictTable(table, readableColumns(grants, table.schema, table.name)))
    .filter((table) => table !== undefined);
  return { ...model, tables: tables.map((table) => withVisibleRelations(table, tables)) };
}

/** The same grants without some columns, for all roles. */
export function withoutColumns(
  roles: readonly RoleGrants[],
  columns: readonly { readonly schema: string; readonly table: string; readonly column: string }[],
): readonly RoleGrants[] {
  if (columns.length === 0) return roles;
  const withheld = new Set(
    columns.map(({ schema, table, column }) => JSON.stringify([schema, table, column])),
  );
  return roles.map(({ role, readable }) => ({
    role,
    readable: new Map(
      [...readable].map(([schema, tables]) => [
        schema,
        new Map(
          [...tables].map(([table, names]) => [
            table,
            new Set([...names].filter((name) => !withheld.has(JSON.stringify([schema, table, name])))),
          ]),
        ),
      ]),
    ),
  }));
}

/** A text that identifies a set of grants on the model's tables: roles with the same text share a schema. */
export function grantsFingerprint(model: Model, grants: RoleGrants): string {
  return JSON.stringify(
    model.tables.map((table) => {
      const readable = readableColumns(grants, table.schema, table.name);
      return table.columns.map((column) => (readable.has(column.name) ? 1 : 0)).join('');
    }),
  );
}

const nothing: ReadonlySet<string> = new Set();

function readableColumns(grants: RoleGrants, schema: string, table: string): ReadonlySet<string> {
  return grants.readable.get(schema)?.get(table) ?? nothing;
}

function restrictTable(table: Table, readable: ReadonlySet<string>): Table | undefined {
  const columns = table.columns.filter((column) => readable.has(column.name));
  if (columns.length === 0) return undefined;
  // With a partly hidden key, every nodeId and cursor would reveal the hidden part.
  const key = table.key.every((column) => readable.has(column.name)) ? table.key : [];
  return { ...table, columns, key };
}

function withVisibleRelations(table: Table, visible: readonly Table[]): Table {
  const relations = table.relations.filter((relation) => {
    const other = findTable(visible, relation.table);
    return other && hasColumns(table, relation.columns) && hasColumns(other, relation.otherColumns);
  });
  return { ...table, relations };
}

function hasColumns(table: Table, names: readonly string[]): boolean {
  return names.every((name) => table.columns.some((column) => column.name === name));
}
