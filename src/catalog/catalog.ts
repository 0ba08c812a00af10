import pg from 'pg';
import { ConfigurationError } from '../errors.ts';
import type { CatalogDefinition } from '../model/definition.ts';
import type { CatalogAccess } from '../source/kind.ts';
import { parseCatalog, readCatalogText } from './introspection.ts';
import { openSqlCatalog, type SqlLocation } from './sql/sql-catalog.ts';
import { readVaultSecret } from './vault.ts';

/** Where the catalog is: in a Postgres server, or in SQL that an embedded one runs. */
export type CatalogLocation = { readonly databaseUrl: string } | SqlLocation;

/** A catalog that stays open for as long as it may have to be read again, or secrets of it. */
export interface Catalog extends CatalogAccess {
  readDefinition(): Promise<CatalogDefinition>;
  close(): Promise<void>;
}

/** Milliseconds to wait for a connection before the start is given up. */
const connectionTimeoutMs = 10_000;

/** @throws ConfigurationError where the catalog cannot be opened */
export async function openCatalog(location: CatalogLocation): Promise<Catalog> {
  return 'databaseUrl' in location ? openDatabase(location.databaseUrl) : openSqlCatalog(location);
}

async function openDatabase(url: string): Promise<Catalog> {
  const pool = createPool(url);
  // An idle connection that breaks is replaced by the next query; without a listener it would end the process.
  pool.on('error', () => {});
  try {
    await pool.query('select');
  } catch (cause) {
    await pool.end();
    throw new ConfigurationError(
      `the database must accept connections, but ${describeFailure(cause)}`,
      cause,
    );
  }
  return {
    readDefinition: async () => parseCatalog(await readCatalogText(pool)),
    readSecret: (reference) => readVaultSecret(pool, reference),
    database: { name: nameOf(url), openSession: (signal) => openSession(url, signal) },
    close: () => pool.end(),
  };
}

/** The database's address without its user and password. */
function nameOf(url: string): string {
  const { host, port, database } = new pg.Client(url);
  return `${host}:${port}/${database}`;
}

async function openSession(url: string, signal: AbortSignal): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectionTimeoutMs,
    application_name: 'fdw-graphql scan',
  });
  signal.throwIfAborted();
  await client.connect();
  return client;
}

function createPool(url: string): pg.Pool {
  try {
    if (!/^postgres(ql)?:\/\//.test(url)) throw new TypeError('not an address of Postgres');
    return new pg.Pool({
      connectionString: url,
      connectionTimeoutMillis: connectionTimeoutMs,
      // The embedded Postgres serves one connection at a time, and no more is ever needed.
      max: 1,
      application_name: 'fdw-graphql',
    });
  } catch (cause) {
    throw new ConfigurationError(
      'the database URL must look like postgres://user@host:5432/database, but got something else',
      cause,
    );
  }
}

/** What went wrong, without the connection string and so without its password. */
function describeFailure(cause: unknown): string {
  if (cause instanceof AggregateError) return describeFailure(cause.errors[0]);
  if (!(cause instanceof Error)) return 'it did not';
  const code = 'code' in cause ? cause.code : undefined;
  if (code === 'ECONNREFUSED') return 'nothing listens at its address (ECONNREFUSED)';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `its host name is not known (${code})`;
  return `it answered: ${cause.message}`;
}
