import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createDatabases, type ExampleDatabases } from '../../examples/foreign-tables/databases.ts';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.ts';
import { demoUsers } from '../../src/emulator/population.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';

let emulator: Emulator;
let databases: ExampleDatabases;
let gateway: Gateway;
beforeAll(async () => {
  emulator = await startEmulator({ pools: new Map([['us-east-1_Demo12345', demoUsers(20)]]) });
  databases = await createDatabases(inject('postgresUrl'), emulator.url);
  gateway = await createGateway({ catalog: { databaseUrl: databases.catalogUrl } });
});
afterAll(async () => {
  await gateway.close();
  await emulator.close();
  await databases.drop();
});

test('the example has no problems, and its query has the users with their orders, the newest first', async () => {
  expect(gateway.model.problems).toEqual([]);
  const query = await readFile(
    new URL('../../examples/foreign-tables/users-and-orders.graphql', import.meta.url),
    'utf8',
  );
  const response = await gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const buyer = { username: 'alice' };
  expect(await response.json()).toEqual({
    data: {
      usersCollection: {
        edges: [
          {
            node: {
              username: 'alice',
              email: 'alice@example.com',
              orders: {
                totalCount: 100,
                edges: [
                  { node: { id: 1000, total: '42.50', buyer } },
                  { node: { id: 990, total: '30.00', buyer } },
                  { node: { id: 980, total: '17.50', buyer } },
                ],
              },
            },
          },
        ],
      },
    },
  });
});
