import type { CatalogDatabase } from '../kind.ts';
import type { Source } from '../source.ts';
import type { TextRows } from '../text-rows.ts';
import { type ScannedTable, scanTable } from './scan.ts';
import type { ScanPlaces } from './scan-places.ts';

/** What the source of a foreign table needs. */
export interface SqlSourceOptions {
  readonly table: ScannedTable;
  /** The column that tells rows apart by its own text; undefined where rows are told apart by their number. */
  readonly identity: string | undefined;
  /** Where it is read. */
  readonly database: Pick<CatalogDatabase, 'name' | 'openSession' | 'suspectChange'>;
  /** The places that it shares with all others. */
  readonly places: ScanPlaces;
}

/** No column can have this name, and so it is that of a row's number. */
const rowNumber = '';

/** The rows of a foreign table, read whole through the catalog's own Postgres. Every field is text, as Postgres prints it. */
export function createSqlSource({ table, identity, database, places }: SqlSourceOptions): Source<TextRows> {
  const columns =
    identity === undefined
      ? table.columns
      : [identity, ...table.columns.filter((column) => column !== identity)];
  const names = identity === undefined ? [rowNumber, ...columns] : columns;
  let hasFailed = false;
  return {
    fields: names.map((name) => ({ name, type: 'text' })),
    origin: JSON.stringify([
      'sql',
      database.name,
      table.schema,
      table.name,
      table.role,
      names.map((name) => [name, table.types.get(name)]),
    ]),
    admit: (signal) => places.take(signal, hasFailed),
    async *scan(signal, onProgress) {
      hasFailed = true;
      yield* scanTable({ ...table, columns }, names, database, signal, onProgress);
      hasFailed = false;
    },
    // A connection lives no longer than its scan.
    close: () => {},
  };
}
