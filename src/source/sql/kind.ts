import type { Dialect } from '../../model/dialect.ts';
import type { Column, ForeignObject, Table } from '../../model/model.ts';
import { failure, success } from '../../model/result.ts';
import type { CatalogAccess, SourceKind } from '../kind.ts';
import { declaredType } from './declared-type.ts';
import type { ScannedTable } from './scan.ts';
import type { ScanPlaces } from './scan-places.ts';
import { createSqlSource } from './source.ts';

/**
 * Foreign tables of any other wrapper that has a handler: their rows are read through Postgres.
 *
 * @param places shared by all scans of such tables
 */
export function createSqlKind({ database }: CatalogAccess, places: ScanPlaces): SourceKind {
  return {
    name: 'sql',
    dialect: sqlDialect,
    serverOptions: new Map(),
    wrapperNames: [],
    recognises: ({ wrapper }) => wrapper.handler !== undefined,
    open: async (server) =>
      database
        ? success({
            connect: (object) => createSqlSource({ ...scanOf(object), database, places }),
          })
        : failure({
            reason: `the rows of its server ${server.name} are read through Postgres, and a catalog that is a file has none`,
            hint: 'serve it with --database-url, or leave its schema out with --schemas',
          }),
  };
}

const sqlDialect: Dialect = {
  objectOf: ({ schema, name }) => success(`${schema}.${name}`),
  originOf: ({ name, type }) => success({ kind: 'field', field: name, declaredType: declaredType(type) }),
  // The types are Postgres' own, and so are the values.
  formOf: () => undefined,
  tableOptions: new Map(),
  columnOptions: new Map(),
  readBy: 'postgres',
  // Only a directive can declare a key. Scans check that it is one.
  defaultKeys: [],
  isAlwaysPresent: () => true,
};

/** What a scan reads: the foreign table's columns that it or its views expose. */
function scanOf({ tables }: ForeignObject): {
  readonly table: ScannedTable;
  readonly identity: string | undefined;
} {
  const table = tables.find(({ base }) => base === undefined);
  if (!table) throw new TypeError('the foreign table of a view must be exposed itself');
  const columns = new Map(
    tables.flatMap((shown) =>
      shown.columns.flatMap(({ origin }) =>
        origin.kind === 'field' ? [[origin.field, origin.declaredType] as const] : [],
      ),
    ),
  );
  const keys = new Map(
    tables.flatMap(({ key }) =>
      key.length > 0 ? [[JSON.stringify(fieldsOf(key)), fieldsOf(key)] as const] : [],
    ),
  );
  return {
    table: {
      schema: table.schema,
      name: table.name,
      columns: [...columns.keys()],
      types: columns,
      keys: [...keys.values()],
      role: table.scanAs,
      countRows: table.countRows,
    },
    identity: identityOf(table),
  };
}

/** The columns' names in the foreign table. */
function fieldsOf(columns: readonly Column[]): readonly string[] {
  return columns.flatMap(({ origin }) => (origin.kind === 'field' ? [origin.field] : []));
}

/** The key column, if its texts sort as its values do, so that ordering by the key costs nothing. */
function identityOf({ key }: Table): string | undefined {
  const [column, ...others] = key;
  if (!column || others.length > 0 || column.origin.kind !== 'field') return undefined;
  return column.type.kind === 'text' || column.type.kind === 'uuid' ? column.origin.field : undefined;
}
