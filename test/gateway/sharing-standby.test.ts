import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkSharing } from '../../src/doctor/check-sharing.ts';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.ts';
import { demoUsers } from '../../src/emulator/population.ts';
import { createGateway } from '../../src/gateway.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';
import { testPool } from '../support/gateway.ts';
import { OwnPostgres } from '../support/own-postgres.ts';

/** Databases whose shared tables are logged, and are not. */
const databases = ['logged', 'unlogged'] as const;
const scanRequests = 5;

let postgres: OwnPostgres;
let emulator: Emulator;

beforeAll(async () => {
  postgres = await OwnPostgres.start();
  emulator = await startEmulator({ pools: new Map([[testPool, demoUsers(300)]]) });
  for (const database of databases) {
    await postgres.query(`create database ${database}`);
    await postgres.query(
      `${cognitoServer} ${sevenColumns} alter server cognito_server options (add endpoint_url '${emulator.url}')`,
      database,
    );
    expect(await countOn(database)).toBe(300);
  }
  expect(requests()).toBe(2 * scanRequests);
  await postgres.becomeStandby();
}, 60_000);

afterAll(async () => {
  await emulator.close();
  await postgres.close();
});

test('gateways on a standby take published snapshots if the tables are logged', async () => {
  const before = requests();
  expect(await countOn('logged')).toBe(300);
  expect(requests()).toBe(before);
  expect(await lookAt('logged')).toMatchObject({
    isReadable: true,
    findings: expect.arrayContaining([
      expect.objectContaining({
        check: 'writing',
        status: 'warn',
        detail: expect.stringContaining('a standby'),
      }),
      expect.objectContaining({ check: 'persistence', status: 'ok' }),
    ]),
  });
});

test('gateways on a standby scan by themselves if the tables are unlogged', async () => {
  const before = requests();
  expect(await countOn('unlogged')).toBe(300);
  expect(requests()).toBe(before + scanRequests);
  expect(await lookAt('unlogged')).toMatchObject({
    isReadable: false,
    findings: expect.arrayContaining([expect.objectContaining({ check: 'persistence', status: 'fail' })]),
  });
});

test('a request to a gateway on a standby that insists on a scan gets one', async () => {
  const before = requests();
  emulator.pool(testPool).pop();
  expect(await countOn('logged', { 'cache-control': 'no-cache' })).toBe(299);
  expect(requests()).toBe(before + scanRequests);
});

async function countOn(
  database: (typeof databases)[number],
  headers: Record<string, string> = {},
): Promise<number> {
  const gateway = await createGateway({
    catalog: { databaseUrl: postgres.urlOf(database) },
    requestsPerSecond: 1000,
    minRefreshMs: 0,
    share: { pollMs: 200, logged: database === 'logged' },
  });
  try {
    const response = await gateway.fetch('http://gateway/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: '{ usersCollection { totalCount } }' }),
    });
    return (await response.json()).data.usersCollection.totalCount;
  } finally {
    await gateway.close();
  }
}

async function lookAt(database: (typeof databases)[number]) {
  const session = new pg.Client(postgres.urlOf(database));
  await session.connect();
  try {
    return await checkSharing(session, { logged: database === 'logged', pollMs: 2_000 });
  } finally {
    await session.end();
  }
}

function requests(): number {
  return emulator.requests.filter(({ operation }) => operation === 'ListUsers').length;
}
