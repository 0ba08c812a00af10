/**
 * Users of a pool and their orders in one query: an emulated pool, the shop's database behind postgres_fdw, and the
 * gateway over the catalog that has both.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { demoUsers } from '../../src/emulator/population.ts';
import { createGateway } from '../../src/gateway.ts';
import { createDatabases } from './databases.ts';
import { startPostgres } from './postgres.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4000' },
    'database-url': { type: 'string' },
    'postgres-port': { type: 'string', default: '54329' },
  },
});
const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
});

const existing = values['database-url'];
const postgres = existing === undefined ? await startPostgres(Number(values['postgres-port'])) : undefined;
const emulator = await startEmulator({ pools: new Map([['us-east-1_Demo12345', demoUsers(500)]]) });
const databases = await createDatabases(postgres?.url ?? existing ?? '', emulator.url);
const gateway = await createGateway({ catalog: { databaseUrl: databases.catalogUrl } });
const server = await gateway.listen({ host: '127.0.0.1', port: Number(values.port) });

process.stdout.write(`The gateway is at ${server.url}: open it in a browser, and try

${await readFile(new URL('users-and-orders.graphql', import.meta.url), 'utf8')}
The catalog is in ${databases.catalogUrl}: change it with psql, and the gateway follows.

Ctrl-C ends it all.
`);

await stopped;
await server.close(1_000);
await gateway.close();
await emulator.close();
// Stopping the Postgres that was started for the example also deletes its databases.
await (postgres ? postgres.stop() : databases.drop());
