/**
 * A supergraph of users and orders on one machine: an emulated user pool behind this gateway, a second subgraph that
 * refers to its users and extends them, and a router in front of both. Nothing has to be installed, and no network is
 * needed.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { demoUsers } from '../../src/emulator/population.ts';
import { createGateway } from '../../src/gateway.ts';
import { startOrders } from './orders.ts';
import { askSdl, compose, startRouter } from './supergraph.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '4000' } } });
const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
});

const users = demoUsers(5_000);
const emulator = await startEmulator({ pools: new Map([['us-east-1_Demo12345', users]]) });
const gateway = await createGateway({
  catalog: {
    sql: `${await readFile(new URL('../../schema/catalog.sql', import.meta.url), 'utf8')}
      alter server cognito_server options (
        add endpoint_url '${emulator.url}', add aws_access_key_id 'demo', add aws_secret_access_key 'demo');`,
  },
  federation: true,
});
const usersSubgraph = await gateway.listen({ host: '127.0.0.1', port: 0 });
const orders = await startOrders(
  Array.from({ length: 2_000 }, (_, i) => ({
    id: String(i + 1),
    total: ((i * 7_919) % 20_000) + 500,
    customer: users[(i * 31) % 700]?.Username ?? 'alice',
  })),
);

const supergraph = compose([
  { name: 'users', url: usersSubgraph.url, sdl: await askSdl(usersSubgraph.url) },
  { name: 'orders', url: orders.url, sdl: await askSdl(orders.url) },
]);
const router = await startRouter(supergraph, Number(values.port));

process.stdout.write(`The subgraph of the users is at ${usersSubgraph.url}
The subgraph of the orders is at ${orders.url}
The supergraph is at ${router.url}: open it in a browser, and try

{
  orders(first: 5) {
    id
    total
    customer { label status orders { id } }
  }
}

Ctrl-C ends it all.
`);

await stopped;
await router.close();
await orders.close();
await usersSubgraph.close(1_000);
await gateway.close();
await emulator.close();
