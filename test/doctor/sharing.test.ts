import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openCatalog } from '../../src/catalog/open-catalog.ts';
import { checkSharedObjects } from '../../src/doctor/check-shared-objects.ts';
import { checkSharing } from '../../src/doctor/check-sharing.ts';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.ts';
import { demoUsers } from '../../src/emulator/population.ts';
import { describeCatalog } from '../../src/gateway/catalog-reading.ts';
import { createGateway } from '../../src/gateway.ts';
import {
  blockTable,
  grantsSql,
  objectTable,
  tablesSql,
} from '../../src/snapshot/exchange/postgres/schema.ts';
import { parseSnapshotKey } from '../../src/snapshot/file/key.ts';
import type { Finding } from '../../src/source/finding.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';
import { testPool } from '../support/gateway.ts';

const intended = { logged: false, pollMs: 2_000 };

let database: TestDatabase;
let closing: (() => Promise<unknown>)[];

beforeEach(async () => {
  database = await createDatabase();
  closing = [];
});

afterEach(async () => {
  vi.useRealTimers();
  for (const close of closing.reverse()) await close();
  await database.drop();
});

describe('the place where gateways share', () => {
  test('that has yet to be made is fine for a login that may make it', async () => {
    const { findings, isReadable } = await checkSharing(database.client, intended);
    expect(isReadable).toBe(false);
    expect(findings).toMatchObject([
      { check: 'writing', status: 'ok' },
      {
        check: 'tables',
        status: 'ok',
        detail: expect.stringContaining('the first gateway with --share creates them'),
      },
      { check: 'clock', status: 'ok' },
      { check: 'news', status: 'ok', detail: expect.stringMatching(/^NOTIFY arrives after \d+ ms$/) },
    ]);
  });

  test('that the login may not make comes with the SQL for an owner, which mends it', async () => {
    const { session } = await logIn();
    const before = await checkSharing(session, intended);
    const tables = findingOf(before.findings, 'tables');
    expect(tables).toMatchObject({ status: 'fail', detail: expect.stringContaining('may not create them') });
    await database.client.query(tables.fix ?? '');
    const after = await checkSharing(session, intended);
    expect(after.findings.map(({ status }) => status)).toEqual(Array(after.findings.length).fill('ok'));
    expect(after.isReadable).toBe(true);
  });

  test('names each privilege that is lacking, and grants it', async () => {
    const { session, role } = await logIn();
    await database.client.query(`${tablesSql({ logged: false })}
      grant usage on schema fdw_graphql to ${role};
      grant select, insert, update, delete on ${objectTable} to ${role};
      grant select on ${blockTable} to ${role}`);
    const { findings, isReadable } = await checkSharing(session, intended);
    expect(isReadable).toBe(false);
    const privileges = findingOf(findings, 'privileges');
    expect(privileges).toMatchObject({
      status: 'fail',
      detail: `${role} lacks insert, update, delete on ${blockTable}`,
    });
    await database.client.query(privileges.fix ?? '');
    expect((await checkSharing(session, intended)).isReadable).toBe(true);
  });

  test('with another table says what that lacks', async () => {
    await database.client.query(
      `${tablesSql({ logged: false })} alter table ${objectTable} drop column epoch, drop column quota`,
    );
    const { findings, isReadable } = await checkSharing(database.client, intended);
    expect(isReadable).toBe(false);
    const wrong = findings.find(({ status }) => status === 'fail');
    expect(wrong).toMatchObject({
      detail: `${objectTable} has an unexpected structure, without the columns quota, epoch`,
    });
    await database.client.query(wrong?.fix ?? '');
    expect((await checkSharing(database.client, intended)).isReadable).toBe(true);
  });

  test.each([
    [false, true, 'although --share-logged is on'],
    [true, false, 'although --share-logged is off'],
  ])('logged: %s, where that is to be %s', async (is, shouldBe, detail) => {
    await database.client.query(tablesSql({ logged: is }));
    const { findings } = await checkSharing(database.client, { ...intended, logged: shouldBe });
    const persistence = findingOf(findings, 'persistence');
    expect(persistence).toMatchObject({ status: 'warn', detail: expect.stringContaining(detail) });
    await database.client.query(persistence.fix ?? '');
    const after = await checkSharing(database.client, { ...intended, logged: shouldBe });
    expect(findingOf(after.findings, 'persistence')).toMatchObject({ status: 'ok' });
  });

  test('that cannot be written to is reported, with what each gateway does then', async () => {
    const { session, role } = await logIn();
    await session.query('set default_transaction_read_only = on');
    expect(findingOf((await checkSharing(session, intended)).findings, 'writing')).toEqual({
      check: 'writing',
      status: 'fail',
      detail: `transactions of ${role} are read-only (default_transaction_read_only): each gateway scans by itself`,
      fix: `alter role ${role} set default_transaction_read_only = off;`,
    });
  });

  test('without notifications, as through some poolers, says how changes are found then', async () => {
    const deaf: Parameters<typeof checkSharing>[0] = {
      query: database.client.query.bind(database.client),
      on: () => database.client,
      off: () => database.client,
    };
    expect(findingOf((await checkSharing(deaf, intended)).findings, 'news')).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('every 2s (--share-poll)'),
      fix: expect.stringContaining('--database-url'),
    });
  });

  test.each([
    [-3_600_000, '1h ahead of'],
    [3_600_000, '1h behind'],
  ])('tells of a clock that is %i ms off', async (offset, detail) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + offset });
    expect(findingOf((await checkSharing(database.client, intended)).findings, 'clock')).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining(`the database clock is ${detail} this machine's`),
    });
  });
});

describe('a shared object', () => {
  test('is nothing before the first scan', async () => {
    expect(await sharedFindings()).toEqual([
      { check: 'cognito_server.users', status: 'ok', detail: 'no gateway has scanned it yet' },
    ]);
  });

  test('has holder, epoch, sequence, age and size', async () => {
    await scanOnce();
    expect(await sharedFindings()).toMatchObject([
      { status: 'ok', detail: 'no gateway is scanning (epoch 1)' },
      {
        status: 'ok',
        detail: expect.stringMatching(
          /^snapshot 1 is published: 130 rows, \d+(ms|s) old, 0\.0 MB in 1 part$/,
        ),
      },
    ]);
    await database.client.query(
      `update ${objectTable} set holder = 'host 1 ab', epoch = 7, expires_at = now() + interval '1 hour', progress = '{"rows": 60}'`,
    );
    expect((await sharedFindings())[0]).toMatchObject({
      status: 'ok',
      detail: 'host 1 ab is scanning (epoch 7): 60 rows so far, its lease expires in 1h',
    });
  });

  test('warns of a holder that says nothing any more', async () => {
    await scanOnce();
    await database.client.query(
      `update ${objectTable} set holder = 'host 1 ab', expires_at = now() - interval '5 minutes'`,
    );
    expect((await sharedFindings())[0]).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('the lease of host 1 ab (epoch 1) expired 5m ago'),
    });
  });

  test('fails if blocks are missing, with the SQL that has it scanned again', async () => {
    await scanOnce();
    await database.client.query(`delete from ${blockTable}`);
    const published = (await sharedFindings())[1];
    expect(published).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('lacks 1 of 1 blocks'),
    });
    await database.client.query(published?.fix ?? '');
    expect(await sharedFindings()).toMatchObject([{ detail: 'no gateway has scanned it yet' }]);
  });

  test.each([
    ['one', undefined, 'is encrypted, and there is no key'],
    ['one', 'another', 'is damaged, or was encrypted with another key'],
    [undefined, 'one', 'is not encrypted, although there is a key'],
  ])('fails where it was written with the key %s and is read with %s', async (written, read, detail) => {
    await scanOnce(written);
    expect((await sharedFindings(read))[1]).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining(detail),
      fix: expect.stringContaining('--snapshot-key'),
    });
    expect((await sharedFindings(written))[1]).toMatchObject({ status: 'ok' });
  });
});

/** A login that owns nothing. */
async function logIn(): Promise<{ session: pg.Client; role: string }> {
  const role = `doctor_${randomBytes(6).toString('hex')}`;
  await database.client.query(`create role ${role} login password 'doctor'`);
  closing.push(() => database.client.query(`drop owned by ${role}; drop role ${role}`));
  const url = new URL(database.url);
  url.username = role;
  url.password = 'doctor';
  const session = new pg.Client(url.href);
  await session.connect();
  closing.push(() => session.end());
  return { session, role };
}

async function defineUsers(): Promise<void> {
  const { rows } = await database.client.query("select to_regclass('cognito.users') as there");
  if (rows[0]?.there) return;
  const emulator: Emulator = await startEmulator({ pools: new Map([[testPool, demoUsers(130)]]) });
  closing.push(() => emulator.close());
  await database.client.query(`${cognitoServer} ${sevenColumns}
    alter server cognito_server options (add endpoint_url '${emulator.url}');
    ${tablesSql({ logged: false })} ${grantsSql('postgres')}`);
}

/** Has a gateway scan and publish. */
async function scanOnce(snapshotKey?: string): Promise<void> {
  await defineUsers();
  const gateway = await createGateway({ catalog: { databaseUrl: database.url }, snapshotKey, share: {} });
  await gateway.fetch('http://gateway/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ usersCollection { totalCount } }' }),
  });
  await gateway.close();
}

async function sharedFindings(snapshotKey?: string): Promise<readonly Finding[]> {
  await defineUsers();
  const catalog = await openCatalog({ databaseUrl: database.url });
  try {
    const { servers, model } = await describeCatalog(catalog, {});
    const key = snapshotKey === undefined ? undefined : parseSnapshotKey(snapshotKey);
    return await checkSharedObjects(database.client, servers, model, key);
  } finally {
    await catalog.close();
  }
}

function findingOf(findings: readonly Finding[], check: string): Finding {
  return findings.find((finding) => finding.check === check) ?? expect.fail(`nothing about ${check}`);
}
