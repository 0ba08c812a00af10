import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { openCatalog } from '../../src/catalog/open-catalog.ts';
import { createDatabase } from '../support/database.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';

const refusal = (location: Parameters<typeof openCatalog>[0]) =>
  openCatalog(location).then(
    async (catalog) => {
      await catalog.close();
      return 'opened';
    },
    (error: Error) => error.message,
  );

describe('opening a catalog', () => {
  test('an embedded Postgres reads the same definitions as a server', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'catalog-'));
    const file = join(directory, 'catalog.sql');
    await writeFile(file, `${cognitoServer} ${sevenColumns}`);
    const database = await createDatabase(`${cognitoServer} ${sevenColumns}`);
    const embedded = await openCatalog({ files: [file] });
    const server = await openCatalog({ databaseUrl: database.url });
    const [fromFile, fromServer] = [await embedded.readDefinition(), await server.readDefinition()];
    await Promise.all([embedded.close(), server.close()]);
    await database.drop();
    expect(fromFile.tables).toEqual(fromServer.tables);
    expect(fromFile.servers).toEqual(fromServer.servers);
    expect(fromFile.loginRole).toBe('postgres');
  });

  test('says that nothing listens', async () => {
    expect(await refusal({ databaseUrl: 'postgres://someone:hush@127.0.0.1:1/postgres' })).toBe(
      'cannot connect to Postgres at 127.0.0.1:1: nothing is listening there (ECONNREFUSED)',
    );
  });

  test('says that there is no such database, and keeps the password to itself', async () => {
    const url = new URL(inject('postgresUrl'));
    url.pathname = '/no_such_database';
    expect(await refusal({ databaseUrl: url.href })).toBe(
      `cannot connect to Postgres at ${url.host}: database "no_such_database" does not exist`,
    );
  });

  test('reports what is wrong with an SQL file', async () => {
    expect(await refusal({ files: ['/no/such/catalog.sql'] })).toBe(
      '--catalog: /no/such/catalog.sql: there is no such file or folder',
    );
    expect(await refusal({ sql: '\n\ncreate foreign tabel x' })).toBe(
      'the SQL:3: create foreign tabel x: syntax error at or near "tabel"',
    );
  });
});
