import { readFile } from 'node:fs/promises';
import pg from 'pg';

/** The two databases of the example. */
export interface ExampleDatabases {
  /** The connection string of the database whose catalog the gateway reads. */
  readonly catalogUrl: string;
  drop(): Promise<void>;
}

/**
 * Creates the shop's database and the catalog's, whose server `shop` connects to the first.
 *
 * @param url a superuser's connection string to a running Postgres
 * @param poolUrl the address of the emulated user pool
 */
export async function createDatabases(url: string, poolUrl: string): Promise<ExampleDatabases> {
  const names = { shop: 'fdw_graphql_example_shop', catalog: 'fdw_graphql_example' };
  await run(url, `create database ${names.shop}`);
  await run(url, `create database ${names.catalog}`);
  await run(databaseOf(url, names.shop), await script('shop.sql'));
  const catalogUrl = databaseOf(url, names.catalog);
  const { hostname, port } = new URL(url);
  await run(
    catalogUrl,
    `${await script('catalog.sql')}
     alter server shop options (set host '${hostname}', add port '${port || 5432}', set dbname '${names.shop}');
     alter server cognito_server options (
       add endpoint_url '${poolUrl}', add aws_access_key_id 'demo', add aws_secret_access_key 'demo')`,
  );
  return {
    catalogUrl,
    async drop() {
      for (const name of Object.values(names)) await run(url, `drop database ${name} with (force)`);
      await run(url, 'drop role shop_reader');
    },
  };
}

function databaseOf(url: string, name: string): string {
  const database = new URL(url);
  database.pathname = `/${name}`;
  return database.href;
}

function script(name: string): Promise<string> {
  return readFile(new URL(name, import.meta.url), 'utf8');
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
