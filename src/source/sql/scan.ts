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
  /** What the catalog says of which type each is; not looked at where undefined. */
  readonly types: ReadonlyMap<string, string | undefined>;
  /** What directives call keys, each as a list of those columns. */
  readonly keys: readonly (readonly string[])[];
  /** The role as which it is read; the login where undefined. */
  readonly role: string | undefined;
  /** Whether its rows are counted before they are read, where `pg_class` has only an estimate, or none. */
  readonly countRows: boolean;
}

/**
 * The rows of one full scan, page by page.
 *
 * @param fields the columns, in order, after the row's number if there is one
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
  // Whatever breaks the connection also fails the query that waits for it.
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

/** What is asked before the cursor is opened, in its transaction. */
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

/** Undefined if that takes too long, because the progress is not worth failing the scan. */
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
 * Text of one type, read as one of another, would be an error in each row, or another value.
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

/** Returns what ends that, and waits for a cancellation that is under way. */
function cancelOnAbort(
  client: pg.Client,
  pid: number,
  open: OpenSession,
  signal: AbortSignal,
): () => Promise<void> {
  let cancelled = Promise.resolve();
  const cancel = () => {
    // Where Postgres takes no further connection, closing this one and the statement's own timeout end it.
    cancelled = Promise.race([cancelStatement(open, pid).catch(() => {}), patience(cancellationMs)]).then(
      () => close(client),
    );
  };
  signal.throwIfAborted();
  signal.addEventListener('abort', cancel, { once: true });
  return () => {
    signal.removeEventListener('abort', cancel);
    return cancelled;
  };
}

/** Milliseconds that a connection may take to say goodbye, and another to cancel its statement. */
const goodbyeMs = 2_000;
const cancellationMs = 5_000;

/** Ends the connection, and with it whatever its transaction still holds. */
async function close(client: pg.Client): Promise<void> {
  await Promise.race([client.end().catch(() => {}), patience(goodbyeMs)]);
}

/** Resolves after the time, but keeps no process alive for that. */
function patience(ms: number): Promise<void> {
  const impatient = AbortSignal.timeout(ms);
  return new Promise((resolve) => {
    impatient.addEventListener('abort', () => resolve(), { once: true });
  });
}
