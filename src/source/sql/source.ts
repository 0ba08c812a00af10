import type { CatalogDatabase } from '../kind.ts';
import type { Source, SourceRecord } from '../source.ts';
import { type ScannedTable, scanTable } from './scan.ts';

/** What the source of a foreign table needs. */
export interface SqlSourceOptions {
  readonly table: ScannedTable;
  /** The column that tells rows apart by its own text; undefined where rows are told apart by their number. */
  readonly identity: string | undefined;
  /** Where it is read. */
  readonly database: Pick<CatalogDatabase, 'name' | 'openSession' | 'suspectChange'>;
}

/** No column can have this name, and so it is that of a row's number. */
const rowNumber = '';
/** Digits of a row's number in base 36, so that the order of texts is that of rows: 2.8 × 10^12 of them. */
const numberDigits = 8;

/** The rows of a foreign table, read whole through the catalog's own Postgres. Every field is text, as Postgres prints it. */
export function createSqlSource({ table, identity, database }: SqlSourceOptions): Source {
  const columns =
    identity === undefined
      ? table.columns
      : [identity, ...table.columns.filter((column) => column !== identity)];
  const names = identity === undefined ? [rowNumber, ...columns] : columns;
  const recordOf =
    identity === undefined
      ? (row: readonly (string | null)[], index: number) => record([textOfNumber(index), ...row])
      : record;
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
    scan: (signal, onProgress) => scanTable({ ...table, columns }, recordOf, database, signal, onProgress),
    // A connection lives no longer than its scan.
    close: () => {},
  };
}

function record(fields: readonly (string | null)[]): SourceRecord {
  return { fields, attributes: [] };
}

function textOfNumber(index: number): string {
  return index.toString(36).padStart(numberDigits, '0');
}
