import pg from 'pg';
import { ScanError } from '../../errors.ts';
import { qualifiedName } from '../../model/statement.ts';
import type { CatalogDatabase } from '../kind.ts';
import type { ScanProgress } from '../source.ts';
import type { TextRows } from '../text-rows.ts';
import { ChangedColumnError, typesOfCursor } from './declared-type.ts';
import { scanFailure } from './failure.ts';
import { KeyCheck } from './key-check.ts';
import { readCursor } from './read-cursor.ts';
import { beginReading, cancelStatement, type OpenSession } from './session.ts';
import { selectStatement } from './statement.ts';

/** A foreign table, and what is read of it. */
export interface ScannedTable {
  readonly schema: string;
  readonly name: string;
  /** The columns that are read, in order. */
  readonly columns: readonly string[];
  /** Each column's type according to the catalog; undefined if it is not to be checked. */
  readonly types: ReadonlyMap<string, string | undefined>;
  /** The keys that directives declare, each a list of those columns. */
  readonly keys: readonly (readonly string[])[];
  /** The role to read it as; the login role if undefined. */
  readonly role: string | undefined;
  /** Whether its rows are counted first, because `pg_class` has at best an estimate. */
  readonly countRows: boolean;
}

/**
 * The rows of one full scan, page by page.
 *
 * @param fields the columns, preceded by the row's number if rows are numbered
 */
export async function* scanTable(
  table: ScannedTable,
  fields: readonly string[],
  { openSession: open, suspectChange }: Pick<CatalogDatabase, 'openSession' | 'suspectChange'>,
  signal: AbortSignal,
  onProgress: (progress: ScanProgress) => void,
): AsyncGenerator<TextRows, void, void> {
  const label = `${table.schema}.${table.name}`;
  const client = await open(signal).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw scanFailure(cause, label);
  });
  // An error of the connection also fails the pending query, which reports it.
  client.on('error', () => {});
  let stopCancelling = async () => {};
  try {
    await beginReading(client, table.role);
    const { pid, reltuples } = await describeScan(client, table);
    stopCancelling = cancelOnAbort(client, pid, open, signal);
    const counted = table.countRows ? await countRows(client, table) : undefined;
    const estimatedRows = counted ?? reltuples;
    await client.query(`declare rows no scroll cursor for ${selectStatement(table, table.columns)}`);
    await assertTypes(client, table);
    const keys = table.keys.map((key) => new KeyCheck(key, fields));
    let rows = 0;
    let pages = 0;
    const columns = table.columns.length;
    const numbered = fields.length > columns;
    for await (const page of readCursor(client, { cursor: 'rows', columns, numbered })) {
      signal.throwIfAborted();
      for (const key of keys) key.check(page);
      rows += page.length;
      pages++;
      onProgress({ rows, pages, requests: pages, throttles: 0, estimatedRows });
      yield page;
    }
    await client.query('commit');
  } catch (cause) {
    signal.throwIfAborted();
    const failure = scanFailure(cause, label);
    if (failure instanceof ChangedColumnError || failure.code === 'SCAN_NOT_FOUND') suspectChange?.();
    throw failure;
  } finally {
    await stopCancelling();
    await close(client);
  }
}

/** Queries what a scan needs to know before its cursor is opened, in the same transaction. */
async function describeScan(
  client: pg.ClientBase,
  table: ScannedTable,
): Promise<{ readonly pid: number; readonly reltuples: number | undefined }> {
  const { rows } = await client.query<{ pid: number; reltuples: number }>(
    'select pg_backend_pid() as pid, reltuples::float8 from pg_catalog.pg_class where oid = $1::regclass',
    [qualifiedName(table)],
  );
  const [row] = rows;
  if (!row) throw new ScanError('SCAN_NOT_FOUND', `${table.schema}.${table.name} does not exist any more`);
  // Without an ANALYZE it is -1, or 0 in versions before 14.
  return { pid: row.pid, reltuples: row.reltuples > 0 ? row.reltuples : undefined };
}

/** The number of rows; undefined if counting takes too long, since it only serves to show progress. */
async function countRows(client: pg.ClientBase, table: ScannedTable): Promise<number | undefined> {
  await client.query('savepoint counting');
  try {
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::float8 as count from ${qualifiedName(table)}`,
    );
    return rows[0]?.count;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== queryCanceled) throw error;
    await client.query('rollback to savepoint counting');
    return undefined;
  }
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const queryCanceled = '57014';

/**
 * Checks that the cursor's columns have the types that the catalog had. Text of another type would be invalid in each
 * row, or be read as another value.
 *
 * @throws ChangedColumnError if a column has another type than in the catalog
 */
async function assertTypes(
  client: pg.ClientBase,
  { schema, name, columns, types }: ScannedTable,
): Promise<void> {
  const found = await typesOfCursor(client, 'rows');
  for (const [i, column] of columns.entries()) {
    const before = types.get(column);
    const now = found[i] ?? 'a new type';
    if (before !== undefined && before !== now) {
      throw new ChangedColumnError(`${schema}.${name}`, column, now, before);
    }
  }
}

/** Cancels the scan's statement when the signal aborts. The function that it returns stops that, and awaits a cancellation. */
function cancelOnAbort(
  client: pg.Client,
  pid: number,
  open: OpenSession,
  signal: AbortSignal,
): () => Promise<void> {
  let cancelled = Promise.resolve();
  const cancel = () => {
    // If Postgres accepts no further connection, closing this one and the statement's timeout end it.
    cancelled = Promise.race([cancelStatement(open, pid).catch(() => {}), timeout(cancellationMs)]).then(() =>
      close(client),
    );
  };
  signal.throwIfAborted();
  signal.addEventListener('abort', cancel, { once: true });
  return () => {
    signal.removeEventListener('abort', cancel);
    return cancelled;
  };
}

/** How many milliseconds closing a connection, and cancelling its statement over another, may take. */
const closingMs = 2_000;
const cancellationMs = 5_000;

/** Closes the connection, which also ends its transaction. */
async function close(client: pg.Client): Promise<void> {
  await Promise.race([client.end().catch(() => {}), timeout(closingMs)]);
}

/** Resolves after this time. Does not keep the process alive. */
function timeout(ms: number): Promise<void> {
  const elapsed = AbortSignal.timeout(ms);
  return new Promise((resolve) => {
    elapsed.addEventListener('abort', () => resolve(), { once: true });
  });
}
