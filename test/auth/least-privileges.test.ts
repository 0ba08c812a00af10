import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/open-catalog.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let loginUrl: string;

/** Vault, as far as the gateway uses it. */
const vault = `
  create schema vault;
  create table vault.secrets (id uuid primary key, name text, secret text, key_id uuid);
  create function vault._crypto_aead_det_decrypt(secret text) returns text language sql as 'select reverse(secret)';
  revoke all on all functions in schema vault from public;
  create view vault.decrypted_secrets as
    select *, vault._crypto_aead_det_decrypt(secret) as decrypted_secret from vault.secrets;
  insert into vault.secrets values (gen_random_uuid(), 'cognito', 'terces');
  create foreign data wrapper cognito_wrapper;
  create server cognito_server foreign data wrapper cognito_wrapper options (user_pool_id 'us-east-1_A');
  create schema cognito;
  create foreign table cognito.users (username text) server cognito_server options (object 'users');
  create table cognito.other (secret text);
`;

beforeAll(async () => {
  database = await createDatabase(vault);
  const page = await readFile(new URL('../../docs/security.md', import.meta.url), 'utf8');
  const privileges = /```sql\n(create role fdw_graphql [^`]*)```/.exec(page)?.[1];
  await database.client.query(privileges ?? 'the page must have the privileges');
  const url = new URL(database.url);
  url.username = 'fdw_graphql';
  url.password = 'change me';
  loginUrl = url.href;
});

afterAll(async () => {
  await database.client.query('drop owned by fdw_graphql; drop role fdw_graphql');
  await database.drop();
});

test('the privileges that the documentation grants suffice to read catalog and secrets', async () => {
  const catalog = await openCatalog({ databaseUrl: loginUrl });
  const { tables, loginRole } = await catalog.readDefinition();
  expect(loginRole).toBe('fdw_graphql');
  expect(tables).toMatchObject([{ schema: 'cognito', name: 'users' }]);
  await expect(catalog.readSecret('cognito')).resolves.toBe('secret');
  await catalog.close();
});

test('they suffice for no table', async () => {
  const { rows } = await database.client.query(
    `select has_schema_privilege('fdw_graphql', 'cognito', 'usage') as usage,
            has_table_privilege('fdw_graphql', 'cognito.users', 'select') as users,
            has_table_privilege('fdw_graphql', 'cognito.other', 'select') as other,
            has_table_privilege('fdw_graphql', 'vault.secrets', 'select') as secrets`,
  );
  expect(rows).toEqual([{ usage: false, users: false, other: false, secrets: false }]);
});
