/**
 * Answers over HTTP: requests a second and latencies of small queries, at rest and while a scan replaces the
 * snapshot, at the default rate of requests to AWS. The load and the pool are processes of their own on the same
 * machine, so compare ratios within one run.
 *
 * npx tsx bench/http.ts [--users 20000] [--seconds 8]
 */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { parseArgs, promisify } from 'node:util';
import type { Result } from 'autocannon';
import { createGateway } from '../src/gateway.ts';
import { startPool } from './scan/pool.ts';

const { values } = parseArgs({
  options: { users: { type: 'string', default: '20000' }, seconds: { type: 'string', default: '8' } },
});

const pool = 'us-east-1_Bench';
const emulator = await startPool({ poolId: pool, users: Number(values.users), latencyMs: 0 });
const gateway = await createGateway({
  catalog: {
    sql: `create foreign data wrapper cognito_wrapper;
      create server s foreign data wrapper cognito_wrapper options (region 'us-east-1', user_pool_id '${pool}',
        endpoint_url '${emulator.url}', aws_access_key_id 'A', aws_secret_access_key 'S');
      create foreign table users (username text, email text, status text, enabled boolean, created_at timestamp,
        updated_at timestamp, attributes jsonb) server s options (object 'users');`,
  },
  maxAgeMs: 3_600_000,
  scanTimeoutMs: 600_000,
});
const server = await gateway.listen({ host: '127.0.0.1', port: 0 });

const fields = 'username email status enabled created_at updated_at';
const page = `{ usersCollection(first: 20) { edges { node { ${fields} } } } }`;
const key = `{ usersByPk(username: "alice") { ${fields} } }`;

await post(page);
report('a page of 20 rows, 6 fields', await load(page));
report('the same, uncompiled', await load(page, { 'x-fdw-explain': '1' }));
const atRest = await load(key);
report('one row by key', atRest);
const rescan = post(page, { 'cache-control': 'no-cache' });
const meanwhile = await load(key);
report('one row by key during a scan', meanwhile);
print(`p99 during a scan / at rest: ${(meanwhile.latency.p99 / Math.max(1, atRest.latency.p99)).toFixed(2)}`);
await rescan;

await server.close(0);
await gateway.close();
emulator.stop();

async function post(query: string, headers: Record<string, string> = {}): Promise<void> {
  const response = await fetch(server.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  await response.text();
}

/** Runs the load generator in a separate process. */
async function load(query: string, headers: Record<string, string> = {}): Promise<Result> {
  const header = Object.entries({ 'content-type': 'application/json', ...headers });
  const { stdout } = await promisify(execFile)(process.execPath, [
    createRequire(import.meta.url).resolve('autocannon/autocannon.js'),
    ...['--json', '--connections', '16', '--duration', values.seconds, '--method', 'POST'],
    ...header.flatMap(([name, value]) => ['--headers', `${name}=${value}`]),
    ...['--body', JSON.stringify({ query }), server.url],
  ]);
  return JSON.parse(stdout);
}

function report(what: string, { requests, latency, non2xx, errors }: Result): void {
  print(
    `${what.padEnd(30)} ${Math.round(requests.average)} requests/s, p50 ${latency.p50} ms, p99 ${latency.p99} ms, ${non2xx + errors} failed`,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
