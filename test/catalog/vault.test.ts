import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/open-catalog.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

const id = '0a1b2c3d-0000-4000-8000-000000000001';
const keyId = '0a1b2c3d-0000-4000-8000-000000000002';

/** The view of Supabase Vault, over an ordinary table in place of its encrypted one. */
const vault = `
create schema vault;
create table vault.secrets (id uuid, name text, description text, secret text, decrypted_secret text, key_id uuid,
  nonce bytea, created_at timestamptz, updated_at timestamptz);
create view vault.decrypted_secrets as select * from vault.secrets;
insert into vault.secrets (id, key_id, name, decrypted_secret) values ('${id}', '${keyId}', 'cognito', 'hush');`;

describe('secrets in Vault', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase(`${vault} create role unprivileged login password 'x';`);
  });
  afterAll(async () => {
    await database.client.query('drop role unprivileged');
    await database.drop();
  });

  const read = async (reference: string, url = database.url) => {
    const catalog = await openCatalog({ databaseUrl: url });
    const secret = await catalog.readSecret(reference).catch((error: Error) => error.message);
    await catalog.close();
    return secret;
  };

  test('are found by id, by key id and by name', async () => {
    expect(await read(id)).toBe('hush');
    expect(await read(keyId.toUpperCase())).toBe('hush');
    expect(await read('cognito')).toBe('hush');
  });

  test('that do not exist are named in the refusal', async () => {
    expect(await read('other')).toBe(
      'there is no secret "other" in Vault: a reference is a secret\'s id, key_id or name',
    );
  });

  test('that the login may not read cause a message with the grant', async () => {
    const url = new URL(database.url);
    url.username = 'unprivileged';
    url.password = 'x';
    expect(await read(id, url.href)).toContain('grant usage on schema vault');
  });

  test('need Vault', async () => {
    const bare = await createDatabase();
    expect(await read(id, bare.url)).toContain('this database has no view');
    await bare.drop();
  });
});
