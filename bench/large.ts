/**
 * The gateway at 10,000, 100,000 and a million users: how long `serve` takes to listen and to answer first, cold
 * and from a saved snapshot; what it holds in memory; whether more users make requests slower; and latencies at
 * half the load that it can take. The pools and the generator are processes of their own on the same machine.
 * Requests go to one size after another in rounds, and medians count: what slows the machine slows them all.
 *
 * `npm run bench:large -- [--users 10k,100k,1M] [--rounds 3] [--seconds 3] [--connections 16]`
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { type Case, cases } from './comparison/cases.ts';
import { Driver } from './comparison/driver.ts';
import { availableGenerator, type LoadResult } from './comparison/load.ts';
import { count, machine, median } from './comparison/report.ts';
import { userRows } from './comparison/rows.ts';
import { parseCount } from './comparison/settings.ts';
import { startPool } from './scan/pool.ts';

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '10k,100k,1M' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '16' },
  },
});
const sizes = values.users.split(',').map((size) => parseCount('--users', size));
const rounds = parseCount('--rounds', values.rounds);
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
  readonly loads: ReadonlyMap<string, Loaded>;
}

/** The rounds of one case: with as much as is answered, and with half of that. */
interface Loaded {
  readonly full: readonly LoadResult[] | undefined;
  readonly half: readonly LoadResult[] | undefined;
}

/** Seconds since the process was started. */
interface Start {
  readonly listening: number;
  readonly answered: number;
  /** Resident memory once the first request was answered. */
  readonly megabytes: number;
}

const served: Served[] = [];
for (const users of sizes) served.push(await serve(users));
const loads = await loadAll(served);
const results: Result[] = [];
for (const one of served) results.push({ ...(await one.restart()), loads: loads.get(one) ?? new Map() });
print(`Medians of ${rounds} rounds of ${seconds} s, ${connections} connections, ${machine()}.\n`);
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
      [`${name} (requests/s)`, ({ loads }) => count(rate(loads.get(name)?.full))],
      [
        `${name}, of the rate at the first size`,
        ({ loads }) => percent(rate(loads.get(name)?.full), rate(results[0]?.loads.get(name)?.full)),
      ],
      [
        `${name}, less load: its share of that rate`,
        ({ loads }) => percent(rate(loads.get(name)?.half), rate(loads.get(name)?.full)),
      ],
      [`${name}, then: p50 / p99 (ms)`, ({ loads }) => latencies(loads.get(name)?.half)],
    ]),
  ],
);

/** One size of the pool, and the `serve` in front of it. */
interface Served {
  readonly users: number;
  readonly url: string;
  readonly driver: Driver;
  /** Ends it, and starts another from the snapshot that it has saved. */
  restart(): Promise<Omit<Result, 'loads'>>;
}

async function serve(users: number): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-large-'));
  const emulator = await startPool({ poolId: pool, users, latencyMs: 0 });
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
  return {
    users,
    url: cold.url,
    driver: new Driver({ generator: await availableGenerator(), connections, rows: userRows(users), folder }),
    async restart() {
      const megabytesUnderLoad = await cold.megabytes();
      await cold.stop();
      const warm = await startServe(catalog, folder);
      await warm.stop();
      emulator.stop();
      await rm(folder, { recursive: true });
      return { users, cold: cold.start, warm: warm.start, megabytesUnderLoad };
    },
  };
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

async function loadAll(all: readonly Served[]): Promise<ReadonlyMap<Served, ReadonlyMap<string, Loaded>>> {
  const loads = new Map(all.map((one) => [one, new Map<string, Loaded>()] as const));
  for (const asked of cases) {
    for (const one of all) await send(one, asked, warmUpSeconds);
    const full = await inRounds(all, (one) => send(one, asked, seconds));
    const half = await inRounds(all, (one) => sendAtRate(one, asked, rate(full.get(one)) / 2));
    for (const one of all) loads.get(one)?.set(asked.name, { full: full.get(one), half: half.get(one) });
  }
  return loads;
}

async function inRounds(
  all: readonly Served[],
  load: (one: Served) => Promise<LoadResult>,
): Promise<ReadonlyMap<Served, LoadResult[]>> {
  const results = new Map(all.map((one) => [one, [] as LoadResult[]] as const));
  for (let round = 0; round < rounds; round++) {
    for (const [one, done] of results) done.push(await load(one));
  }
  return results;
}

/** Generators rest between two requests, so that the time of an answer comes on top: a first try shows how much it is. */
async function sendAtRate(one: Served, asked: Case, ratePerSecond: number): Promise<LoadResult> {
  const tried = rate([await send(one, asked, 1, ratePerSecond)]);
  const interval = Math.max(2 / ratePerSecond - 1 / tried, 0.5 / ratePerSecond);
  return send(one, asked, seconds, 1 / interval);
}

function send({ driver, url }: Served, asked: Case, duration: number, ratePerSecond?: number) {
  return driver.send(asked, { name: 'gateway', dialect: 'collection', url }, duration, ratePerSecond);
}
/** What `ps` calls rss, in kilobytes. */
async function residentMegabytes(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) / 1024;
}

function rate(rounds: readonly LoadResult[] = []): number {
  return median(rounds.map(({ requests, seconds }) => requests / seconds));
}

function latencies(rounds: readonly LoadResult[] = []): string {
  const [p50, p99] = [median(rounds.map(({ p50 }) => p50)), median(rounds.map(({ p99 }) => p99))];
  return `${p50.toFixed(2)} / ${p99.toFixed(2)} = 1 : ${(p99 / p50).toFixed(1)}`;
}

function percent(part: number, whole: number): string {
  return `${((part / whole) * 100).toFixed(0)} %`;
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
