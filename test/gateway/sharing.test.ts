import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.ts';
import { demoUsers } from '../../src/emulator/population.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../../src/gateway.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { cognitoServer, sevenColumns, twoColumns } from '../support/definitions.ts';
import { testPool } from '../support/gateway.ts';

let emulator: Emulator;
let database: TestDatabase;
let gateways: Gateway[];

beforeEach(async () => {
  emulator = await startEmulator({ pools: new Map([[testPool, demoUsers(600)]]) });
  database = await createDatabase(`${cognitoServer} ${sevenColumns} ${twoColumns}`);
  await database.client.query(`alter server cognito_server options (add endpoint_url '${emulator.url}')`);
  gateways = [];
});

afterEach(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()));
  await emulator.close();
  await database.drop();
});

test('eight gateways that start at once cost the pool one scan, and answer alike', async () => {
  await startGateways(8);
  const counts = await Promise.all(gateways.map((gateway) => totalCount(gateway)));
  expect(counts).toEqual(Array(8).fill(600));
  expect(scanRequests()).toBe(10);
});

test('the result of a forced scan is served by all', async () => {
  await startGateways(3);
  await Promise.all(gateways.map((gateway) => totalCount(gateway)));
  emulator.pool(testPool).pop();
  expect(await totalCount(gateways[1], { 'cache-control': 'no-cache' })).toBe(599);
  await vi.waitFor(async () => {
    const counts = await Promise.all(gateways.map((gateway) => totalCount(gateway)));
    expect(counts).toEqual([599, 599, 599]);
  }, 5_000);
  expect(scanRequests()).toBe(20);
});

test('a gateway that shows other columns gets them from the same scan', async () => {
  await database.client.query(`
    create schema narrow;
    create foreign table narrow.users (username text) server cognito_server options (object 'users');
  `);
  await startGateways(1, { schemas: ['narrow'] });
  expect(await totalCount(gateways[0])).toBe(600);
  await startGateways(1, { schemas: ['cognito'] });
  const answer = await ask(gateways[1], '{ usersCollection(first: 1) { edges { node { attributes } } } }');
  expect(answer.data.usersCollection.edges[0].node.attributes).toContain('sub');
  expect(scanRequests()).toBe(10);
});

test('if its tables are dropped, sharing starts again', async () => {
  await startGateways(2);
  await Promise.all(gateways.map((gateway) => totalCount(gateway)));
  await database.client.query('drop schema fdw_graphql cascade');
  emulator.pool(testPool).pop();
  expect(await totalCount(gateways[0], { 'cache-control': 'no-cache' })).toBe(599);
  await vi.waitFor(async () => expect(await totalCount(gateways[1])).toBe(599), 5_000);
});

test('if Postgres refuses, each gateway answers by itself', async () => {
  await database.client.query(`
    create schema fdw_graphql;
    create table fdw_graphql.shared_object_1 (wrong int);
  `);
  await startGateways(2);
  const counts = await Promise.all(gateways.map((gateway) => totalCount(gateway)));
  expect(counts).toEqual([600, 600]);
});

async function startGateways(count: number, options: Partial<GatewayOptions> = {}): Promise<void> {
  const started = await Promise.all(
    Array.from({ length: count }, () =>
      createGateway({
        catalog: { databaseUrl: database.url },
        requestsPerSecond: 1000,
        minRefreshMs: 0,
        share: { pollMs: 200 },
        ...options,
      }),
    ),
  );
  gateways.push(...started);
}

async function ask(gateway: Gateway | undefined, query: string, headers: Record<string, string> = {}) {
  const response = await gateway?.fetch('http://gateway/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  return response?.json();
}

async function totalCount(gateway: Gateway | undefined, headers?: Record<string, string>): Promise<number> {
  const answer = await ask(gateway, '{ usersCollection { totalCount } }', headers);
  if (!answer.data) throw new Error(JSON.stringify(answer));
  return answer.data.usersCollection.totalCount;
}

function scanRequests(): number {
  return emulator.requests.filter(({ operation }) => operation === 'ListUsers').length;
}
