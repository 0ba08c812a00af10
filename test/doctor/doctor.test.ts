import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { roleViews } from '../../src/admin/role-views.ts';
import { openCatalog } from '../../src/catalog/open-catalog.ts';
import { checkCatalog, checkPlaintextSecrets } from '../../src/doctor/check-catalog.ts';
import { checkDatabase } from '../../src/doctor/check-database.ts';
import { checkSnapshotFolder } from '../../src/doctor/check-snapshot-folder.ts';
import { checkSources } from '../../src/doctor/check-sources.ts';
import { renderReport } from '../../src/doctor/report.ts';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.ts';
import { demoUsers } from '../../src/emulator/population.ts';
import { describeCatalog } from '../../src/gateway/catalog-reading.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';
import { testPool } from '../support/gateway.ts';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A catalog on a real Postgres, whose server is at an emulator with 130 users. */
async function openTestCatalog(sql: string) {
  const emulator: Emulator = await startEmulator({ pools: new Map([[testPool, demoUsers(130)]]) });
  closing.push(() => emulator.close());
  const database: TestDatabase = await createDatabase(sql);
  closing.push(() => database.drop());
  await database.client.query(`alter server cognito_server options (add endpoint_url '${emulator.url}')`);
  const catalog = await openCatalog({ databaseUrl: database.url });
  closing.push(() => catalog.close());
  return { catalog, emulator, database, ...(await describeCatalog(catalog, {})) };
}

describe('a server', () => {
  test('that works has a page, a description, and a clock', async () => {
    const { definition, servers, model } = await openTestCatalog(`${cognitoServer} ${sevenColumns}`);
    const [section] = await checkSources(definition, servers, model);
    expect(section?.title).toBe('Server cognito_server');
    expect(section?.findings).toMatchObject([
      { check: 'definition', status: 'ok' },
      { check: 'clock', status: 'ok' },
      { check: 'ListUsers', status: 'ok', detail: expect.stringMatching(/^a page of 60 users in \d+ ms$/) },
      { check: 'DescribeUserPool', status: 'ok', detail: expect.stringContaining('about 130 users') },
    ]);
  });

  test('whose pool is not there says so, and how to name another', async () => {
    const { definition, servers, model } = await openTestCatalog(
      `${cognitoServer} alter server cognito_server options (set user_pool_id 'eu-west-1_Gone'); ${sevenColumns}`,
    );
    const [section] = await checkSources(definition, servers, model);
    expect(section?.findings.find(({ check }) => check === 'ListUsers')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('SCAN_NOT_FOUND'),
      fix: expect.stringContaining('user_pool_id'),
    });
  });

  test('that refuses the credentials gives the policy to paste', async () => {
    const { definition, servers, model, emulator } = await openTestCatalog(
      `${cognitoServer} ${sevenColumns}`,
    );
    emulator.faults = { denyAccess: true };
    const [section] = await checkSources(definition, servers, model);
    const denied = section?.findings.find(({ check }) => check === 'ListUsers');
    expect(denied).toMatchObject({ status: 'fail', detail: expect.stringContaining('SCAN_DENIED') });
    expect(JSON.parse(denied?.fix ?? '').Statement[0]).toMatchObject({
      Action: ['cognito-idp:ListUsers', 'cognito-idp:DescribeUserPool'],
      Resource: `arn:aws:cognito-idp:us-east-1:*:userpool/${testPool}`,
    });
  });

  test.each([
    [100_000, 'warn'],
    [400_000, 'fail'],
  ])('whose clock differs by %i ms is told of: %s', async (clockAheadMs, status) => {
    const { definition, servers, model, emulator } = await openTestCatalog(
      `${cognitoServer} ${sevenColumns}`,
    );
    emulator.faults = { clockAheadMs };
    const [section] = await checkSources(definition, servers, model);
    expect(section?.findings.find(({ check }) => check === 'clock')).toMatchObject({ status });
  });

  test('that cannot be used says why, without its secrets', async () => {
    const { definition, servers, model } = await openTestCatalog(
      `${cognitoServer} alter server cognito_server options (drop region); ${sevenColumns}`,
    );
    const sections = await checkSources(definition, servers, model);
    expect(sections[0]?.findings).toMatchObject([
      {
        check: 'definition',
        status: 'fail',
        detail: expect.stringContaining('region'),
        fix: expect.any(String),
      },
    ]);
    expect(JSON.stringify(sections)).not.toContain('very-secret');
  });
});

describe('the catalog', () => {
  test('shows the login, and warns of materialized views on foreign tables', async () => {
    const { catalog, database } = await openTestCatalog(`${cognitoServer} ${sevenColumns}`);
    await database.client.query(
      'create materialized view public."All users" as select username from cognito.users with no data',
    );
    if (!catalog.database) throw new Error('the catalog must be in a database');
    expect(await checkDatabase(catalog.database, new AbortController().signal)).toMatchObject([
      {
        check: 'connection',
        status: 'ok',
        detail: expect.stringMatching(/^postgres at 127\.0\.0\.1:\d+\/.*PostgreSQL \d+/),
      },
      { check: 'TLS', status: 'ok' },
      {
        check: 'materialized view',
        status: 'warn',
        detail: expect.stringContaining('cognito.users'),
        fix: 'drop materialized view public."All users";',
      },
    ]);
  });

  test('warns of a plain-text secret, with the SQL that moves it to Vault and without the secret', async () => {
    const { definition } = await openTestCatalog(`${cognitoServer} ${sevenColumns}`);
    const findings = checkPlaintextSecrets(definition.servers);
    expect(findings).toMatchObject([
      {
        status: 'warn',
        fix: expect.stringContaining('alter server cognito_server options (drop aws_secret_access_key'),
      },
    ]);
    expect(JSON.stringify(findings)).not.toContain('very-secret');
  });

  test('fails if nothing is exposed, and lists each problem with its hint', async () => {
    const { definition, model } = await openTestCatalog(
      `${cognitoServer} create foreign table wrong (nonsense text) server cognito_server options (object 'groups');`,
    );
    expect(checkCatalog(definition, model)).toMatchObject([
      { check: 'tables', status: 'fail', detail: '0 of 1 foreign tables are exposed, on 1 server' },
      { check: 'public.wrong', status: 'warn', fix: expect.any(String) },
    ]);
  });
});

describe('the snapshot folder', () => {
  test('that others can look into is warned of, unless snapshots are encrypted', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
    closing.push(() => rm(folder, { recursive: true }));
    await chmod(folder, 0o755);
    expect(await checkSnapshotFolder(folder, false)).toMatchObject([
      { status: 'ok' },
      { status: 'warn', fix: `chmod 700 "${folder}"` },
    ]);
    expect(await checkSnapshotFolder(folder, true)).toMatchObject([{ status: 'ok' }]);
  });

  test('that others can write to fails, encrypted or not: serve refuses it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
    closing.push(() => rm(folder, { recursive: true }));
    await chmod(folder, 0o770);
    for (const encrypted of [false, true]) {
      expect(await checkSnapshotFolder(folder, encrypted)).toMatchObject([
        { status: 'ok' },
        { status: 'fail', fix: `chmod 700 "${folder}"` },
      ]);
    }
  });

  test('that does not exist is fine if it can be created', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
    closing.push(() => rm(folder, { recursive: true }));
    expect(await checkSnapshotFolder(join(folder, 'not', 'yet'), false)).toMatchObject([{ status: 'ok' }]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('that cannot be made fails', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
    closing.push(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'file'), '');
    expect(await checkSnapshotFolder(join(folder, 'file', 'below'), false)).toMatchObject([
      {
        status: 'fail',
        detail: expect.stringContaining('ENOTDIR'),
        fix: expect.stringContaining('install -d'),
      },
    ]);
  });
});

test('the report is a checklist with commands to paste, and a table of who sees what', async () => {
  const { model, definition, database } = await openTestCatalog(
    `${cognitoServer} ${sevenColumns}
     comment on foreign table cognito.users is '@graphql({"policies": {"doctor_reader": {"filter": {"enabled": {"eq": true}}}}})';`,
  );
  await database.client.query(`create role doctor_reader; create role doctor_other;
    grant usage on schema cognito to doctor_reader, doctor_other;
    grant select (username, enabled) on cognito.users to doctor_reader, doctor_other`);
  closing.push(() =>
    database.client.query('drop owned by doctor_reader, doctor_other; drop role doctor_reader, doctor_other'),
  );
  const { definition: later } = await describeCatalog(await reopened(database), {});
  expect(definition.roles.length).toBeLessThan(later.roles.length);
  const [table] = model.tables;
  if (!table) throw new Error('there must be a table');
  const views = [
    {
      table: 'cognito.users',
      columns: 7,
      roles: roleViews(
        table,
        later.roles.filter(({ role }) => /^doctor_/.test(role)),
      ),
    },
  ];
  const sections = [
    {
      title: 'Server a',
      findings: [
        { check: 'clock', status: 'ok' as const, detail: 'within 1 s' },
        {
          check: 'ListUsers',
          status: 'fail' as const,
          detail: 'SCAN_DENIED: no',
          fix: '{\n  "Version": "2012-10-17"\n}',
        },
      ],
    },
  ];
  expect(renderReport({ sections, views })).toBe(`Server a
  ✓ clock: within 1 s
  ✗ ListUsers: SCAN_DENIED: no
      {
        "Version": "2012-10-17"
      }

Who sees what
  table          role           columns  rows
  cognito.users  doctor_other   2 of 7   none: the table has policies, and none is for this role
  cognito.users  doctor_reader  2 of 7   those of its policy

1 check failed, with 0 warnings.
`);
});

async function reopened(database: TestDatabase) {
  const catalog = await openCatalog({ databaseUrl: database.url });
  closing.push(() => catalog.close());
  return catalog;
}
