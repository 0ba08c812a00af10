import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/** A database of a test's own on the run's PostgreSQL server. */
export interface TestDatabase {
  readonly url: string;
  /** A connection as the superuser. */
  readonly client: pg.Client;
  /** Drops the database. */
  drop(): Promise<void>;
}

/** Creates an empty database and runs `sql` in it. */
export async function createDatabase(sql = ''): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client(inject('postgresUrl'));
  await admin.connect();
  await admin.query(`create database ${name} template template0`);
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  const client = new pg.Client(url.href);
  await client.connect();
  if (sql) await client.query(sql);
  return {
    url: url.href,
    client,
    async drop() {
      await client.end();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}
