import { ScanError } from '../../errors.ts';
import type { CatalogDatabase } from '../kind.ts';
import type { Source } from '../source.ts';
import type { TextRows } from '../text-rows.ts';
import { type ScannedTable, scanTable } from './scan.ts';
import type { ScanPlace, ScanPlaces } from './scan-places.ts';

/** What the source of a foreign table needs. */
export interface SqlSourceOptions {
  readonly table: ScannedTable;
  /** The column whose text identifies rows; undefined if their numbers do. */
  readonly identity: string | undefined;
  /** The database through which it is read. */
  readonly database: Pick<CatalogDatabase, 'name' | 'openSession' | 'suspectChange'>;
  /** Shared with all other tables. */
  readonly places: ScanPlaces;
}

/** The name of the field with a row's number: no column can have it. */
const rowNumber = '';

/** How often a running scan checks whether it blocks others, in milliseconds. */
const watchIntervalMs = 1_000;

function blocking({ schema, name }: ScannedTable): ScanError {
  return new ScanError(
    'SCAN_UNAVAILABLE',
    `${schema}.${name} sent nothing for a while, and other tables wait for a connection (--scan-connections)`,
  );
}

/** A foreign table that is read through the catalog's Postgres. Every field is text, as Postgres prints it. */
export function createSqlSource({ table, identity, database, places }: SqlSourceOptions): Source<TextRows> {
  const columns =
    identity === undefined
      ? table.columns
      : [identity, ...table.columns.filter((column) => column !== identity)];
  const names = identity === undefined ? [rowNumber, ...columns] : columns;
  let hasFailed = false;
  /** The place of the current scan; there is one scan at a time. */
  let place: ScanPlace | undefined;
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
    async admit(signal) {
      const taken = await places.take(signal, hasFailed);
      place = taken;
      return () => taken.leave();
    },
    async *scan(signal, onProgress) {
      hasFailed = true;
      const hanging = new AbortController();
      const watch = setInterval(() => {
        if (place?.isBlocking) hanging.abort(blocking(table));
      }, watchIntervalMs);
      try {
        const either = AbortSignal.any([signal, hanging.signal]);
        yield* scanTable({ ...table, columns }, names, database, either, (progress) => {
          place?.progressed();
          onProgress(progress);
        });
        hasFailed = false;
      } finally {
        clearInterval(watch);
      }
    },
    // A connection lives no longer than its scan.
    close: () => {},
  };
}
