import type pg from 'pg';
import type { CatalogDatabase } from '../kind.ts';

/** Opens a connection of its own to the catalog's Postgres, for one scan. */
export type OpenSession = CatalogDatabase['openSession'];

/** Longest waits in Postgres, so that a scan that hangs there ends: for a lock, for a batch, and for us. */
const timeouts = {
  lock_timeout: '10s',
  statement_timeout: '60s',
  idle_in_transaction_session_timeout: '60s',
} as const;

/** What makes Postgres print values alike wherever it runs: as pg_graphql's own sessions do by default. */
const formats = {
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  timezone: 'UTC',
  extra_float_digits: '1',
  bytea_output: 'hex',
} as const;

/**
 * Begins a transaction in which everything is read from one moment, nothing can be written, and nothing is set for
 * longer than it lasts: behind a pooler, the connection is somebody else's next.
 *
 * @param role whose privileges count; the login's own where undefined
 */
export async function beginReading(client: pg.ClientBase, role: string | undefined): Promise<void> {
  await client.query('begin transaction isolation level repeatable read, read only');
  const settings = Object.entries({ ...timeouts, ...formats });
  await client.query(
    `select ${settings.map((_, i) => `set_config($${2 * i + 1}, $${2 * i + 2}, true)`).join(', ')}`,
    settings.flat(),
  );
  if (role !== undefined) await client.query(`select set_config('role', $1, true)`, [role]);
}

/**
 * Ends the statement that runs on the connection, whose transaction then fails: closing the connection alone would
 * leave Postgres, and the remote behind it, at work until it has something to send.
 *
 * @param pid the process that serves it, asked for within the transaction
 */
export async function cancelStatement(open: OpenSession, pid: number): Promise<void> {
  const client = await open(AbortSignal.timeout(5_000));
  client.on('error', () => {});
  try {
    await client.query('select pg_cancel_backend($1)', [pid]);
  } finally {
    await client.end();
  }
}
