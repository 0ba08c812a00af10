import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { ConfigurationError } from '../errors.ts';
import type { CatalogDefinition } from '../model/definition.ts';
import type { CatalogAccess } from '../source/kind.ts';
import { startEmbeddedPostgres } from './embedded.ts';
import { readCatalog } from './introspection.ts';
import { readVaultSecret } from './vault.ts';

/** Where the catalog is: a Postgres server, or a file or text of SQL for an embedded one. */
export type CatalogLocation =
  | { readonly databaseUrl: string }
  | { readonly file: string }
  | { readonly sql: string };

/** A Postgres catalog that stays open for as long as secrets may have to be read. */
export interface Catalog extends CatalogAccess {
  readDefinition(): Promise<CatalogDefinition>;
  close(): Promise<void>;
}

/** Milliseconds to wait for a connection before the start is given up. */
const connectionTimeoutMs = 10_000;

/** @throws ConfigurationError where the catalog cannot be opened */
export async function openCatalog(location: CatalogLocation): Promise<Catalog> {
  if ('databaseUrl' in location) return openDatabase(location.databaseUrl);
  const embedded = await startEmbeddedPostgres(
    'sql' in location ? location.sql : await readSql(location.file),
  );
  const catalog = await openDatabase(embedded.url);
  return {
    ...catalog,
    // It serves one connection at a time, and none of its wrappers has a remote to read.
    database: undefined,
    async close() {
      await catalog.close();
      await embedded.close();
    },
  };
}

function readSql(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ConfigurationError(
      `the catalog must be a readable .sql file, but got ${JSON.stringify(file)}`,
      cause,
    );
  });
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
    readDefinition: () => readCatalog(pool),
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
