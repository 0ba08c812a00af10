import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SignJWT } from 'jose';
import pg from 'pg';
import { afterEach, describe, expect, inject, test, vi } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import type { GatewayOptions } from '../../src/gateway.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const secret = 'thirty-two bytes are just enough';
const users = demoUsers(200);
/** Columns of their own, so that a snapshot keeps no other attributes. */
const narrow = `create schema cognito; create foreign table cognito.users (username text, email text)
  server cognito_server options (object 'users');`;

const open: TestGateway[] = [];
afterEach(async () => {
  for (const gateway of open.splice(0)) await gateway.close();
});

async function start(sql: string, options: Partial<GatewayOptions> = {}): Promise<TestGateway> {
  const started = await startGateway(`${cognitoServer} ${sql}`, users, { reloadIntervalMs: 50, ...options });
  open.push(started);
  return started;
}

async function bearer(claims: Record<string, unknown>) {
  const token = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(secret));
  return { authorization: `Bearer ${token}` };
}

const scansOf = ({ observations }: TestGateway) =>
  observations.filter(({ event }) => event === 'scan-finished').length;

/** Waits until a query is answered without errors, or with some. */
const until = (gateway: TestGateway, query: string, succeeds: boolean, headers = {}) =>
  vi.waitUntil(async () => {
    const { errors } = await gateway.query(query, {}, headers);
    return (errors.length === 0) === succeeds;
  }, 10_000);

const count = '{ usersCollection { totalCount } }';
const nodes = (columns: string) => `{ usersCollection(first: 2) { edges { node { ${columns} } } } }`;

describe('the gateway follows its catalog', () => {
  test('columns, tables and comments come and go without a new scan', async () => {
    const gateway = await start(sevenColumns);
    const run = (sql: string) => gateway.database.client.query(sql);
    await gateway.query(count);
    await run(`alter foreign table cognito.users add column given text options (attribute 'given_name')`);
    await until(gateway, nodes('given'), true);
    await run(
      `create foreign table cognito.members (username text) server cognito_server options (object 'users')`,
    );
    await until(gateway, '{ membersCollection { totalCount } }', true);
    await run(`comment on foreign table cognito.members is '@graphql({"name": "Person"})'`);
    await until(gateway, '{ personCollection { totalCount } }', true);
    await run('alter foreign table cognito.users drop column given');
    await until(gateway, nodes('given'), false);
    await run('drop foreign table cognito.members');
    await until(gateway, '{ personCollection { totalCount } }', false);
    expect((await gateway.query(count)).data).toEqual({ usersCollection: { totalCount: 200 } });
    expect(scansOf(gateway)).toBe(1);
  });

  test('a column whose attribute was not scanned appears with the next scan, and the others answer meanwhile', async () => {
    const gateway = await start(narrow);
    await gateway.query(count);
    await gateway.database.client.query(
      `alter foreign table cognito.users add column given text options (attribute 'given_name')`,
    );
    let appeared = false;
    while (!appeared) {
      const [known, added] = await Promise.all([
        gateway.query(nodes('email')),
        gateway.query('{ usersCollection(filter: {given: {is: NOT_NULL}}) { totalCount } }'),
      ]);
      expect(known.errors).toEqual([]);
      appeared = added.errors.length === 0;
      if (appeared) expect(added.data.usersCollection.totalCount).toBeGreaterThan(0);
    }
    expect(scansOf(gateway)).toBe(2);
  });

  test('a rotated secret is used by the next scan, and a deleted one removes its tables', async () => {
    const gateway = await start(
      `${sevenColumns} create schema vault;
       create table vault.decrypted_secrets (id uuid, key_id uuid, name text, decrypted_secret text);
       insert into vault.decrypted_secrets (name, decrypted_secret) values ('key', 'first-secret');
       alter server cognito_server options (drop aws_secret_access_key, add api_key_id 'key');`,
    );
    const run = (sql: string) => gateway.database.client.query(sql);
    const reloads = () => gateway.observations.filter(({ event }) => event === 'model').length;
    await gateway.query(count);
    await run("update vault.decrypted_secrets set decrypted_secret = 'second-secret'");
    await vi.waitUntil(() => reloads() === 2, 10_000);
    expect((await gateway.query(count)).errors).toEqual([]);
    expect(scansOf(gateway)).toBe(1);
    await run('delete from vault.decrypted_secrets');
    await until(gateway, count, false);
    expect(JSON.stringify(gateway.observations)).not.toMatch(/first-secret|second-secret/);
  });

  test('another pool is another snapshot', async () => {
    const gateway = await start(sevenColumns);
    await gateway.query(count);
    await gateway.database.client.query(
      "alter server cognito_server options (set user_pool_id 'us-east-1_Nothing1')",
    );
    await until(gateway, count, false);
    const { errors } = await gateway.query(count);
    expect(errors[0]?.extensions.code).toBe('SCAN_NOT_FOUND');
  });

  test('revoked grants, roles and policies also apply to compiled operations', async () => {
    const gateway = await start(
      `${sevenColumns} create role reload_reader; grant usage on schema cognito to reload_reader;
       grant select on cognito.users to reload_reader;`,
      { auth: { jwtSecret: secret } },
    );
    const run = (sql: string) => gateway.database.client.query(sql);
    const reader = await bearer({ role: 'reload_reader', plan: 'none' });
    const ask = () => gateway.query(nodes('username email'), {}, reader);
    try {
      for (let times = 0; times < 5; times++) expect((await ask()).errors).toEqual([]);
      await run(
        `comment on foreign table cognito.users is
         '@graphql({"policies": {"reload_reader": {"filter": {"username": {"eq": {"claim": "plan"}}}}}})'`,
      );
      await vi.waitUntil(async () => (await ask()).data?.usersCollection.edges.length === 0, 10_000);
      await run('comment on foreign table cognito.users is null');
      await vi.waitUntil(async () => (await ask()).data?.usersCollection.edges.length === 2, 10_000);
      await run('revoke select on cognito.users from reload_reader');
      await run('grant select (username) on cognito.users to reload_reader');
      await until(gateway, nodes('username email'), false, reader);
      expect((await gateway.query(nodes('username'), {}, reader)).errors).toEqual([]);
      await run('drop owned by reload_reader; drop role reload_reader');
      await until(gateway, nodes('username'), false, reader);
      expect((await ask()).errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
    } finally {
      await run('drop role if exists reload_reader').catch(() => undefined);
    }
  });

  test('at once after a notification or a request', async () => {
    const gateway = await start(sevenColumns, { reloadIntervalMs: 0 });
    const run = (sql: string) => gateway.database.client.query(sql);
    const listening = `select from pg_stat_activity where application_name = 'fdw-graphql listen'
      and datname = current_database() and query ilike 'listen %'`;
    await vi.waitUntil(async () => (await run(listening)).rows.length === 1, 10_000);
    await run('alter foreign table cognito.users drop column status');
    expect((await gateway.query(nodes('status'))).errors).toEqual([]);
    await run('notify fdw_graphql');
    await until(gateway, nodes('status'), false);
    await run('alter foreign table cognito.users drop column enabled');
    await gateway.gateway.reload();
    expect((await gateway.query(nodes('enabled'))).errors).not.toEqual([]);
  });

  test('a catalog that cannot be read leaves the last one in effect, is reported, and is read as soon as possible', async () => {
    const gateway = await start(sevenColumns);
    await gateway.query(count);
    const name = new URL(gateway.database.url).pathname.slice(1);
    const admin = new pg.Client(inject('postgresUrl'));
    await admin.connect();
    await gateway.database.client.query('alter foreign table cognito.users drop column status');
    await admin.query(`alter database ${name} with allow_connections false`);
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name like 'fdw%'`,
      [name],
    );
    await vi.waitUntil(() => gateway.gateway.status().reloadFailure !== undefined, 10_000);
    expect(gateway.gateway.status().reloadFailure?.message).toContain(
      'is not currently accepting connections',
    );
    expect((await gateway.query(count)).data.usersCollection.totalCount).toBe(200);
    expect(gateway.observations.some(({ event }) => event === 'reload-failed')).toBe(true);
    await admin.query(`alter database ${name} with allow_connections true`);
    await admin.end();
    await vi.waitUntil(() => gateway.gateway.status().reloadFailure === undefined, 10_000);
    await until(gateway, nodes('status'), false);
  });
});

describe('reloads', () => {
  test('fail no request, and every answer is one that was allowed at its time', async () => {
    const gateway = await start(sevenColumns, { reloadIntervalMs: 20 });
    await gateway.query(count);
    let over = false;
    const answers = { plain: 0, extra: 0, without: 0 };
    const ask = async () => {
      while (!over) {
        const [plain, extra] = await Promise.all([
          gateway.query(nodes('username email created_at')),
          gateway.query(nodes('username extra')),
        ]);
        expect(plain.errors).toEqual([]);
        expect(plain.data.usersCollection.edges).toHaveLength(2);
        answers.plain++;
        if (extra.errors.length > 0) {
          expect(extra.errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
          answers.without++;
        } else {
          expect(extra.data.usersCollection.edges[0].node.extra).toBe(
            extra.data.usersCollection.edges[0].node.username,
          );
          answers.extra++;
        }
      }
    };
    const asking = Promise.all([ask(), ask(), ask()]);
    for (let times = 0; times < 20; times++) {
      await gateway.database.client.query(
        times % 2 === 0
          ? `alter foreign table cognito.users add column extra text options (attribute 'sub')`
          : 'alter foreign table cognito.users drop column extra',
      );
      await gateway.gateway.reload();
    }
    over = true;
    await asking;
    expect(answers.plain).toBeGreaterThan(10);
    expect(scansOf(gateway)).toBe(1);
  });

  test('leave nothing behind in memory', { timeout: 180_000 }, async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc');
    const gateway = await start(sevenColumns, { reloadIntervalMs: 0 });
    const reload = async (times: number) => {
      for (let time = 0; time < times; time++) {
        await gateway.gateway.reload();
        // What a generation is for: its schema is generated, a document validated and executed.
        if (time % 10 === 0) await gateway.query(nodes('username'));
      }
      await new Promise(setImmediate);
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const early = await reload(100);
    const late = await reload(400);
    // One generation with its schema takes more than 100 kB.
    expect((late - early) / 400).toBeLessThan(10_000);
  });
});
