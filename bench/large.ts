/**
 * The gateway at 10,000, 100,000 and a million users: how long `serve` takes to listen and to answer first, cold
 * and from a saved snapshot; what it holds in memory; whether more users make requests slower; and latencies at
 * half the load that it can take. The pool and the generator are processes of their own on the same machine.
 *
 * `npm run bench:large -- [--users 10k,100k,1M] [--seconds 5] [--connections 16]`
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { cases } from './comparison/cases.ts';
import { Driver } from './comparison/driver.ts';
import { availableGenerator, type LoadResult } from './comparison/load.ts';
import { count, machine } from './comparison/report.ts';
import { type UserRow, userRows } from './comparison/rows.ts';
import { parseCount } from './comparison/settings.ts';
import { startPool } from './scan/pool.ts';

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '10k,100k,1M' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '16' },
  },
});
const sizes = values.users.split(',').map((size) => parseCount('--users', size));
const seconds = parseCount('--seconds', values.seconds);
const connections = parseCount('--connections', values.connections);
const warmUpSeconds = 2;
const pool = 'us-east-1_Bench';
const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

/** What one size of the pool took. */
interface Result {
  readonly users: number;
  readonly cold: Start;
  readonly warm: Start;
  readonly megabytesUnderLoad: number;
  readonly loads: ReadonlyMap<string, { readonly full: LoadResult; readonly half: LoadResult }>;
}

/** Seconds since the process was started. */
interface Start {
  readonly listening: number;
  readonly answered: number;
  /** Resident memory once the first request was answered. */
  readonly megabytes: number;
}

const results: Result[] = [];
for (const users of sizes) results.push(await measure(users));
print(`${connections} connections, ${seconds} s a case, ${machine()}.\n`);
printTable(
  '',
  results.map(({ users }) => `${count(users)} users`),
  [
    ['`serve` listens, cold (s)', (result) => result.cold.listening.toFixed(2)],
    ['first answer, cold: the scan included (s)', (result) => result.cold.answered.toFixed(2)],
    ['resident memory after the scan (MB)', (result) => count(result.cold.megabytes)],
    ['resident memory under load (MB)', (result) => count(result.megabytesUnderLoad)],
    ['`serve` listens, with a saved snapshot (s)', (result) => result.warm.listening.toFixed(2)],
    ['first answer, with a saved snapshot (s)', (result) => result.warm.answered.toFixed(2)],
    ['resident memory, with a saved snapshot (MB)', (result) => count(result.warm.megabytes)],
    ...cases.flatMap(({ name }): [string, (result: Result) => string][] => [
      [`${name} (requests/s)`, ({ loads }) => rate(loads.get(name)?.full)],
      [`${name} at half of that: p50 / p99 (ms)`, ({ loads }) => latencies(loads.get(name)?.half)],
    ]),
  ],
);

async function measure(users: number): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-large-'));
  const emulator = await startPool({ poolId: pool, users, latencyMs: 0 });
  try {
    const catalog = join(folder, 'catalog.sql');
    await writeFile(
      catalog,
      `create foreign data wrapper cognito_wrapper;
        create server s foreign data wrapper cognito_wrapper options (region 'us-east-1', user_pool_id '${pool}',
          endpoint_url '${emulator.url}', aws_access_key_id 'A', aws_secret_access_key 'S');
        create foreign table users (username text, email text, status text, enabled boolean, created_at timestamp,
          updated_at timestamp, attributes jsonb) server s options (object 'users');`,
    );
    const cold = await startServe(catalog, folder);
    const loads = await loadAll(cold.url, userRows(users), folder);
    const megabytesUnderLoad = await cold.megabytes();
    await cold.stop();
    const warm = await startServe(catalog, folder);
    await warm.stop();
    return { users, cold: cold.start, warm: warm.start, megabytesUnderLoad, loads };
  } finally {
    emulator.stop();
    await rm(folder, { recursive: true });
  }
}

/** Starts `serve`, and asks it once. */
async function startServe(catalog: string, folder: string) {
  const began = performance.now();
  const child = spawn(
    process.execPath,
    [
      ...[cli, 'serve', '--catalog', catalog, '--port', '0', '--snapshot-dir', join(folder, 'snapshots')],
      ...['--requests-per-second', '1000', '--parallel-scan', '4', '--max-age', '3600'],
      ...['--scan-timeout', '600', '--request-timeout', '600000'],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_ENV: 'production' } },
  );
  const url = await listeningUrl(child.stdout);
  const listening = (performance.now() - began) / 1000;
  await ask(url);
  const answered = (performance.now() - began) / 1000;
  const megabytes = () => residentMegabytes(child.pid ?? 0);
  return {
    url,
    start: { listening, answered, megabytes: await megabytes() },
    megabytes,
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

async function listeningUrl(log: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: log, terminal: false })) {
    const { event, url } = JSON.parse(line);
    if (event !== 'listening') continue;
    // What follows has to be read all the same, or the pipe fills up.
    log.resume();
    return url;
  }
  throw new Error('serve ended before it listened');
}

async function ask(url: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: '{ usersCollection(first: 1) { totalCount edges { node { username } } } }',
    }),
  });
  const { errors } = await response.json();
  if (errors) throw new Error(`the first request failed: ${JSON.stringify(errors)}`);
}

async function loadAll(url: string, rows: readonly UserRow[], folder: string): Promise<Result['loads']> {
  const driver = new Driver({ generator: await availableGenerator(), connections, rows, folder });
  const loads = new Map<string, { full: LoadResult; half: LoadResult }>();
  const target = { name: 'gateway', dialect: 'collection', url } as const;
  for (const asked of cases) {
    await driver.send(asked, target, warmUpSeconds);
    const full = await driver.send(asked, target, seconds);
    const half = await driver.send(asked, target, seconds, full.requests / full.seconds / 2);
    loads.set(asked.name, { full, half });
  }
  return loads;
}

/** What `ps` calls rss, in kilobytes. */
async function residentMegabytes(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) / 1024;
}

function rate(load: LoadResult | undefined): string {
  return load ? count(load.requests / load.seconds) : '–';
}

function latencies(load: LoadResult | undefined): string {
  return load ? `${load.p50.toFixed(1)} / ${load.p99.toFixed(1)}` : '–';
}

function printTable(
  corner: string,
  head: readonly string[],
  rows: readonly (readonly [string, (result: Result) => string])[],
): void {
  print(`| ${corner} | ${head.join(' | ')} |\n|---|${head.map(() => '--:|').join('')}`);
  for (const [title, cell] of rows) print(`| ${title} | ${results.map(cell).join(' | ')} |`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
