import type pg from 'pg';
import type { CatalogDatabase } from '../kind.ts';

/** Opens a connection of its own to the catalog's Postgres, for one scan. */
export type OpenSession = CatalogDatabase['openSession'];

/** Timeouts that end a scan that hangs in Postgres: waiting for a lock, for a batch, or for the gateway. */
const timeouts = {
  lock_timeout: '10s',
  statement_timeout: '60s',
  idle_in_transaction_session_timeout: '60s',
} as const;

/** Makes every Postgres print values in the same way: as in pg_graphql's sessions by default. */
const formats = {
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  timezone: 'UTC',
  extra_float_digits: '1',
  bytea_output: 'hex',
} as const;

/**
 * Begins a read-only transaction that sees one state of the database. All settings end with it, because behind a pooler
 * the connection belongs to someone else afterwards.
 *
 * @param role the role to read as; the login role if undefined
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
 * Cancels the statement that runs on a connection, so that its transaction fails. If the connection were only closed,
 * Postgres and the remote server would work on until there is something to send.
 *
 * @param pid the id of the connection's backend process, as read in the transaction
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
