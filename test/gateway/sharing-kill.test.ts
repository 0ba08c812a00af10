import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.ts';
import { demoUsers } from '../../src/emulator/population.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import { blockTable, objectTable } from '../../src/snapshot/exchange/postgres/schema.ts';
import { type Serving, serve } from '../support/command.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';
import { testPool } from '../support/gateway.ts';

/** So many that a snapshot takes several blocks. */
const userCount = 6_000;
const scanRequests = Math.ceil(userCount / 60);

let emulator: Emulator;
let database: TestDatabase;
let serving: Serving;
let other: Gateway;
let torn: string[];
let watching: NodeJS.Timeout;

beforeEach(async () => {
  emulator = await startEmulator({ pools: new Map([[testPool, demoUsers(userCount)]]) });
  database = await createDatabase(`${cognitoServer} ${sevenColumns}`);
  await database.client.query(`alter server cognito_server options (add endpoint_url '${emulator.url}')`);
  changePool(1);
  serving = await serve([
    'serve',
    '--database-url',
    database.url,
    '--requests-per-second',
    '1000',
    '--min-refresh',
    '0s',
    '--share',
    '--lease',
    '1s',
    '--share-poll',
    '100ms',
  ]);
  other = await createGateway({
    catalog: { databaseUrl: database.url },
    requestsPerSecond: 1000,
    minRefreshMs: 0,
    share: { leaseMs: 1_000, pollMs: 100 },
  });
  expect(await generationOf(askOther)).toBe(1);
  expect(await generationOf(askProcess)).toBe(1);
  torn = [];
  let newest = 1;
  watching = setInterval(async () => {
    const generation = await generationOf(askOther).catch((error: Error) => error.message);
    if (typeof generation === 'string') torn.push(generation);
    else if (generation < newest) torn.push(`${generation} after ${newest}`);
    else newest = generation;
  }, 100);
}, 60_000);

afterEach(async () => {
  clearInterval(watching);
  await serving.stop('SIGKILL');
  await other.close();
  await emulator.close();
  await database.drop();
  expect(torn).toEqual([]);
});

test('a gateway that is killed while it scans: another one scans, once', async () => {
  changePool(2);
  const begun = emulatedRequests();
  void askProcess({ 'cache-control': 'no-cache' }).catch(() => undefined);
  await vi.waitUntil(() => emulatedRequests() > begun + 10, { timeout: 20_000, interval: 1 });
  await serving.stop('SIGKILL');

  const killed = emulatedRequests();
  expect(killed).toBeLessThan(begun + scanRequests);
  expect(await generationOf(askOther)).toBe(1);
  expect(await generationOf((headers) => askOther({ ...headers, 'cache-control': 'no-cache' }))).toBe(2);
  // One request may still have been on its way.
  expect([0, 1]).toContain(emulatedRequests() - killed - scanRequests);
}, 60_000);

test('a gateway that is paused while it scans, for longer than its lease, gives its scan up', async () => {
  changePool(2);
  const begun = emulatedRequests();
  const late = generationOf((headers) => askProcess({ ...headers, 'cache-control': 'no-cache' }));
  await vi.waitUntil(() => emulatedRequests() > begun + 10, { timeout: 20_000, interval: 1 });
  process.kill(serving.pid, 'SIGSTOP');

  changePool(3);
  expect(await generationOf((headers) => askOther({ ...headers, 'cache-control': 'no-cache' }))).toBe(3);
  process.kill(serving.pid, 'SIGCONT');
  expect(await late).toBe(3);
  expect(await generationOf(askProcess)).toBe(3);
  await vi.waitFor(async () => expect(await published()).toMatchObject({ sequence: 2, epoch: 3 }), 10_000);
  expect(emulatedRequests()).toBeLessThan(begun + 2 * scanRequests);
}, 60_000);

test('a gateway that is killed while it publishes: the others serve what they have, and one of them scans', async () => {
  await slowBlocks(true);
  changePool(2);
  void askProcess({ 'cache-control': 'no-cache' }).catch(() => undefined);
  await publishing();
  await serving.stop('SIGKILL');

  expect(await generationOf(askOther)).toBe(1);
  expect(await published()).toMatchObject({ sequence: 1 });
  await slowBlocks(false);
  expect(await generationOf((headers) => askOther({ ...headers, 'cache-control': 'no-cache' }))).toBe(2);
  expect(emulatedRequests()).toBe(3 * scanRequests);
  await vi.waitFor(
    async () => expect(await published()).toEqual({ sequence: 2, epoch: 3, orphans: 0 }),
    10_000,
  );
}, 60_000);

test('a gateway that is paused while it publishes, for longer than its lease, publishes nothing afterwards', async () => {
  await slowBlocks(true);
  changePool(2);
  const late = generationOf((headers) => askProcess({ ...headers, 'cache-control': 'no-cache' }));
  await publishing();
  process.kill(serving.pid, 'SIGSTOP');

  await slowBlocks(false);
  changePool(3);
  expect(await generationOf((headers) => askOther({ ...headers, 'cache-control': 'no-cache' }))).toBe(3);
  await vi.waitFor(async () => expect(await published()).toMatchObject({ sequence: 2, epoch: 3 }), 10_000);
  process.kill(serving.pid, 'SIGCONT');
  expect([2, 3]).toContain(await late);
  await vi.waitFor(async () => expect(await generationOf(askProcess)).toBe(3), { timeout: 5_000 });
  expect(await generationOf(askOther)).toBe(3);
  expect(await published()).toMatchObject({ sequence: 2, epoch: 3 });
}, 60_000);

/** Gives every user another address, so that nothing of the snapshot before can be used again. */
function changePool(generation: number): void {
  const users = emulator.pool(testPool);
  for (const [i, user] of users.entries()) {
    const others = (user.Attributes ?? []).filter(({ Name }) => Name !== 'email');
    const email = { Name: 'email', Value: `generation-${generation}.${i}@example.com` };
    users[i] = { ...user, Attributes: [...others, email] };
  }
}

/** Makes each block take a while to arrive, in the midst of which a gateway can be met. */
async function slowBlocks(are: boolean): Promise<void> {
  await database.client.query(
    are
      ? `create function slow() returns trigger language plpgsql as 'begin perform pg_sleep(0.3); return new; end';
         create trigger slow before insert on ${blockTable} for each row execute function slow()`
      : `drop trigger slow on ${blockTable}`,
  );
}

/** Resolves when some blocks of what is being published have arrived. */
async function publishing(): Promise<void> {
  await vi.waitUntil(async () => (await published()).orphans > 0, { timeout: 20_000, interval: 20 });
}

async function published(): Promise<{ sequence: number; epoch: number; orphans: number }> {
  const { rows } = await database.client.query(`
    select sequence::int as sequence, epoch::int as epoch, (
      select count(*)::int from ${blockTable} as block
      where not publication @? format('$.parts[*].blocks[*] ? (@ == "%s")', block.hash)::jsonpath
    ) as orphans
    from ${objectTable}`);
  return rows[0];
}

/** @throws Error where not all users are of one generation, or there are not as many as there should be */
async function generationOf(ask: (headers: Record<string, string>) => Promise<Answer>): Promise<number> {
  const { data, errors } = await ask({});
  if (!data) throw new Error(JSON.stringify(errors));
  const counts = Object.entries(data).filter(([, { totalCount }]) => totalCount > 0);
  const [first] = counts;
  if (counts.length !== 1 || first?.[1].totalCount !== userCount)
    throw new Error(`torn: ${JSON.stringify(data)}`);
  return Number(first[0].slice(1));
}

interface Answer {
  readonly data?: Readonly<Record<string, { readonly totalCount: number }>>;
  readonly errors?: unknown;
}

const query = `{ ${[1, 2, 3]
  .map((n) => `g${n}: usersCollection(filter: { email: { startsWith: "generation-${n}." } }) { totalCount }`)
  .join(' ')} }`;

async function askOther(headers: Record<string, string>): Promise<Answer> {
  return (await other.fetch('http://gateway/graphql', request(headers))).json();
}

async function askProcess(headers: Record<string, string>): Promise<Answer> {
  return (await fetch(serving.url, request(headers))).json();
}

function request(headers: Record<string, string>) {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  };
}

function emulatedRequests(): number {
  return emulator.requests.filter(({ operation }) => operation === 'ListUsers').length;
}
