import type {
  CatalogDefinition,
  ColumnDefinition,
  ForeignTableDefinition,
  Options,
  RoleGrants,
  ServerDefinition,
  ViewDefinition,
} from '../model/definition.ts';
import { success } from '../model/result.ts';
import { type CatalogRow, type ColumnRow, introspectionQuery, type ViewRow } from './introspection-query.ts';
import { readView, severalRelations, withReadableViews } from './view.ts';

/** Reads a database's catalog of foreign tables as a text. Equal texts mean equal catalogs. */
export async function readCatalogText(client: CatalogClient): Promise<string> {
  const { rows } = await client.query<{ catalog: string }>(introspectionQuery);
  const [row] = rows;
  if (!row) throw new Error('the introspection statement must return one row, but got none');
  return row.catalog;
}

/** Parses such a text. */
export async function parseCatalog(text: string): Promise<CatalogDefinition> {
  const row: CatalogRow = JSON.parse(text);
  return toDefinition(row, await Promise.all(row.views.map(toView)));
}

/** Anything that can run a statement: a connection, or an embedded Postgres. */
export interface CatalogClient {
  query<Row>(sql: string, values?: unknown[]): Promise<{ readonly rows: Row[] }>;
}

function toDefinition(row: CatalogRow, views: readonly ViewDefinition[]): CatalogDefinition {
  return {
    loginRole: row.login_role,
    schemas: row.schemas.map((schema) => ({ name: schema.nspname, comment: schema.comment ?? undefined })),
    servers: row.servers.map(
      (server): ServerDefinition => ({
        name: server.srvname,
        comment: server.comment ?? undefined,
        options: toOptions(server.srvoptions),
        wrapper: {
          name: server.fdwname,
          comment: server.fdwcomment ?? undefined,
          handler: server.handler ?? undefined,
          options: toOptions(server.fdwoptions),
        },
      }),
    ),
    tables: row.tables.map(
      (table): ForeignTableDefinition => ({
        schema: table.nspname,
        name: table.relname,
        server: table.srvname,
        options: toOptions(table.ftoptions),
        comment: table.comment ?? undefined,
        columns: table.columns.map(toColumn),
      }),
    ),
    views,
    roles: withReadableViews(row.roles.map(toGrants), views),
  };
}

async function toView(view: ViewRow): Promise<ViewDefinition> {
  const [base, ...others] = view.bases;
  const columns = others.length > 0 ? severalRelations : await readView(view.definition);
  return {
    schema: view.nspname,
    name: view.relname,
    comment: view.comment ?? undefined,
    reader: view.security_invoker ? undefined : view.owner,
    columns: view.columns.map(toColumn),
    base:
      columns.ok && base
        ? success({ schema: base.nspname, name: base.relname, columns: columns.value })
        : columns.ok
          ? severalRelations
          : columns,
  };
}

function toColumn(column: ColumnRow): ColumnDefinition {
  return {
    name: column.attname,
    type: {
      name: column.typname,
      schema: column.typnspname,
      array: column.is_array,
      ...(column.modifier >= 0 && { modifier: column.modifier }),
      enum: column.enum_labels
        ? { labels: column.enum_labels, comment: column.enum_comment ?? undefined }
        : undefined,
    },
    notNull: column.attnotnull,
    options: toOptions(column.attfdwoptions),
    comment: column.comment ?? undefined,
  };
}

function toGrants(role: CatalogRow['roles'][number]): RoleGrants {
  const readable = new Map<string, Map<string, ReadonlySet<string>>>();
  for (const table of role.readable) {
    const tables = readable.get(table.nspname) ?? new Map<string, ReadonlySet<string>>();
    tables.set(table.relname, new Set(table.columns));
    readable.set(table.nspname, tables);
  }
  return { role: role.rolname, readable };
}

/** Postgres stores options as `name=value`; a name contains no `=`. */
function toOptions(options: readonly string[] | null): Options {
  return new Map(
    (options ?? []).map((option) => {
      const separator = option.indexOf('=');
      return [option.slice(0, separator), option.slice(separator + 1)];
    }),
  );
}
