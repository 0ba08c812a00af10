/**
 * What 500 representations in one `_entities` call take on a snapshot of 100,000 users: milliseconds over HTTP, less
 * what serialising the answer takes and what a server takes that has the same answer ready. Medians of many calls
 * by the clock, and means of the processor's work, which tell more where others share the machine; all in this
 * process, the client included.
 *
 * `tsx bench/entities.ts [--users 100000] [--representations 500] [--calls 200]`
 */
import { readFile } from 'node:fs/promises';
import { Agent, createServer, request } from 'node:http';
import { parseArgs } from 'node:util';
import { startEmulator } from '../src/emulator/emulator.ts';
import { demoUsers } from '../src/emulator/population.ts';
import { createGateway } from '../src/gateway.ts';

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '100000' },
    representations: { type: 'string', default: '500' },
    calls: { type: 'string', default: '200' },
  },
});
const calls = Number(values.calls);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

const document = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
  ... on CognitoUser { username email status enabled created_at } } }`;

/** How clients ask: routers name several media types, and the plainest requests take a shorter way. */
const ways = [
  ['as a router asks', 'application/graphql-response+json, application/json'],
  ['as a plain client asks', 'application/json'],
] as const;

await run();

async function run(): Promise<void> {
  const users = demoUsers(Number(values.users));
  const emulator = await startEmulator({ pools: new Map([['us-east-1_Demo12345', users]]) });
  const catalog = await readFile(new URL('../schema/catalog.sql', import.meta.url), 'utf8');
  const gateway = await createGateway({
    catalog: {
      sql: `${catalog} alter server cognito_server options (add endpoint_url '${emulator.url}',
        add aws_access_key_id 'bench', add aws_secret_access_key 'bench');`,
    },
    federation: true,
    requestsPerSecond: 1000,
    parallelScan: 4,
    maxAgeMs: 3_600_000,
    scanTimeoutMs: 600_000,
  });
  const server = await gateway.listen({ host: '127.0.0.1', port: 0 });
  const step = Math.max(1, Math.floor(users.length / Number(values.representations)));
  const names = users.filter((_, i) => i % step === 0).slice(0, Number(values.representations));
  // The first call waits for the scan.
  await post(server.url, bodyFor(names.map(byUsername)), ways[0][1]);

  for (const [keys, toRepresentation] of [
    ['username', byUsername],
    ['nodeId', byNodeId],
  ] as const) {
    for (const [way, accept] of ways) {
      const body = bodyFor(names.map((user) => toRepresentation(user)));
      const answer = await post(server.url, body, accept);
      await report(`${names.length} by ${keys}, ${way}`, answer, () => post(server.url, body, accept), body);
    }
  }
  await server.close(0);
  await gateway.close();
  await emulator.close();
  agent.destroy();
}

async function report(what: string, answer: string, ask: () => Promise<string>, body: string): Promise<void> {
  const parsed: unknown = JSON.parse(answer);
  const canned = createServer((incoming, response) => {
    incoming.resume().on('end', () => response.end(answer));
  });
  await new Promise<void>((resolve) => canned.listen(0, '127.0.0.1', resolve));
  const address = canned.address();
  const url = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}/` : '';
  const whole = await measure(ask);
  const transport = await measure(() => post(url, body, 'application/json'));
  const serialising = await measure(async () => JSON.stringify(parsed));
  canned.close();
  canned.closeAllConnections();
  const inside = (of: keyof Cost) => (whole[of] - transport[of] - serialising[of]).toFixed(2);
  process.stdout.write(
    `${what}: ${inside('wall')} ms inside the gateway above serialising the answer, ${inside('cpu')} ms of CPU (over HTTP ${describe(whole)}; of which transport ${describe(transport)}, serialising ${answer.length} bytes ${describe(serialising)})\n`,
  );
}

/** Milliseconds of one call: the median by the clock, and the mean of what the processor worked. */
interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

function describe({ wall, cpu }: Cost): string {
  return `${wall.toFixed(2)}/${cpu.toFixed(2)}`;
}

async function measure(call: () => Promise<unknown>): Promise<Cost> {
  // The first calls are those that the compiler learns from.
  for (let i = 0; i < calls / 4; i++) await call();
  const times: number[] = [];
  const before = process.cpuUsage();
  for (let i = 0; i < calls; i++) {
    const start = performance.now();
    await call();
    times.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(before);
  return {
    wall: times.toSorted((a, b) => a - b)[calls >> 1] ?? Number.NaN,
    cpu: (user + system) / 1000 / calls,
  };
}

function byUsername({ Username: username }: { readonly Username: string }) {
  return { __typename: 'CognitoUser', username };
}

function byNodeId({ Username: username }: { readonly Username: string }) {
  const nodeId = Buffer.from(`["cognito", "users", ${JSON.stringify(username)}]`).toString('base64');
  return { __typename: 'CognitoUser', nodeId };
}

function bodyFor(representations: readonly object[]): string {
  return JSON.stringify({ query: document, variables: { representations } });
}

function post(url: string, body: string, accept: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      accept,
    };
    request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
    })
      .on('error', reject)
      .end(body);
  });
}
