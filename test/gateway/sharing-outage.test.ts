import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.ts';
import { demoUsers } from '../../src/emulator/population.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';
import { testPool } from '../support/gateway.ts';
import { OwnPostgres } from '../support/own-postgres.ts';

let postgres: OwnPostgres;
let emulator: Emulator;
let gateways: Gateway[];

beforeAll(async () => {
  postgres = await OwnPostgres.start();
  emulator = await startEmulator({ pools: new Map([[testPool, demoUsers(300)]]) });
  await postgres.query(
    `${cognitoServer} ${sevenColumns} alter server cognito_server options (add endpoint_url '${emulator.url}')`,
  );
  gateways = await Promise.all([1, 2, 3].map(() => startGateway()));
}, 60_000);

afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()));
  await emulator.close();
  await postgres.close();
});

test('gateways outlive their Postgres, and share again when it is back with empty tables', async () => {
  expect(await countOfAll()).toEqual([300, 300, 300]);
  expect(scanRequests()).toBe(5);

  const [known] = await incarnations();
  await postgres.kill();
  expect(await countOfAll()).toEqual([300, 300, 300]);
  emulator.pool(testPool).pop();
  expect(await count(gateways[0], { 'cache-control': 'no-cache' })).toBe(299);
  expect(scanRequests()).toBe(10);

  await postgres.restart();
  emulator.pool(testPool).pop();
  await vi.waitFor(async () => expect(await incarnations()).not.toContain(known), {
    timeout: 20_000,
    interval: 200,
  });
  expect(await count(gateways[1], { 'cache-control': 'no-cache' })).toBe(298);
  await vi.waitFor(async () => expect(await countOfAll()).toEqual([298, 298, 298]), {
    timeout: 20_000,
    interval: 100,
  });
}, 90_000);

function startGateway(): Promise<Gateway> {
  return createGateway({
    catalog: { databaseUrl: postgres.url },
    requestsPerSecond: 1000,
    minRefreshMs: 0,
    share: { pollMs: 200 },
  });
}

/** Each row of what is shared has another one, once the unlogged tables are empty after a crash. */
async function incarnations(): Promise<string[]> {
  const { rows } = await postgres.query('select incarnation from fdw_graphql.shared_object_1');
  return rows.map(({ incarnation }) => incarnation);
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
