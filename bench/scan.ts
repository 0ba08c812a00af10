/**
 * How much a scan adds to what the pool itself takes: a serial scan against pages × latency, beside the same over
 * bare HTTP; and a partitioned one against the rate of its bucket, at a pool that enforces Cognito's 30 requests a
 * second.
 *
 * `tsx bench/scan.ts [--users 100000] [--latency 50] [--partitioned-users 60000] [--chains 16]`
 */
import { parseArgs } from 'node:util';
import { createCognitoSource } from '../src/source/cognito/source.ts';
import { createTokenBucket } from '../src/source/cognito/token-bucket.ts';
import type { ScanProgress } from '../src/source/source.ts';
import { bareSecondsPerPage } from './scan/bare-scan.ts';
import { startPool } from './scan/pool.ts';

const poolId = 'us-east-1_Benchmark';
/** Cognito's quota for the category of ListUsers, and the gateway's share of it. */
const quota = 30;
const requestsPerSecond = 25;
/** Enough pages for a steady mean of what bare HTTP takes. */
const barePages = 300;

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '100000' },
    latency: { type: 'string', default: '50' },
    'partitioned-users': { type: 'string', default: '60000' },
    chains: { type: 'string', default: '16' },
  },
});

await run();

async function run(): Promise<void> {
  const latencyMs = Number(values.latency);
  await benchSerial(Number(values.users), latencyMs);
  await benchPartitioned(Number(values['partitioned-users']), latencyMs, Number(values.chains));
}

async function benchSerial(users: number, latencyMs: number): Promise<void> {
  const pool = await startPool({ poolId, users, latencyMs });
  const scan = await scanOnce(pool.url, 1, 1_000);
  const bare = await bareSecondsPerPage(pool.url, poolId, barePages);
  pool.stop();
  report(`serial, ${latencyMs} ms a page`, {
    ...outcome(users, scan),
    'wall / (pages × latency)': scan.seconds / ((scan.pages * latencyMs) / 1000),
    'the same of bare HTTP': bare / (latencyMs / 1000),
  });
}

async function benchPartitioned(users: number, latencyMs: number, chains: number): Promise<void> {
  const pool = await startPool({ poolId, users, latencyMs, requestsPerSecond: quota });
  const scan = await scanOnce(pool.url, chains, requestsPerSecond);
  const { requests, throttled, busiestSecond } = await pool.counts();
  pool.stop();
  report(`${chains} chains, at most ${quota} requests/s`, {
    ...outcome(users, scan),
    throttled,
    'busiest second': busiestSecond,
    'requests/s': requests / scan.seconds,
    [`share of the bucket's ${requestsPerSecond}/s`]: requests / scan.seconds / requestsPerSecond,
  });
}

interface Scan extends ScanProgress {
  readonly records: number;
  readonly distinct: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

async function scanOnce(url: string, chains: number, rate: number): Promise<Scan> {
  const source = createCognitoSource({
    server: {
      region: 'us-east-1',
      userPoolId: poolId,
      endpoint: url,
      credentials: {
        kind: 'static',
        accessKeyId: 'AKIABENCHMARK',
        secret: { kind: 'plain', value: 'benchmark' },
        sessionToken: undefined,
      },
      parallelScan: undefined,
    },
    resolveSecret: () => Promise.reject(new Error('the benchmark has no secret')),
    bucket: createTokenBucket({ requestsPerSecond: rate }),
    parallelScan: chains,
  });
  let progress: ScanProgress | undefined;
  const names = new Set<unknown>();
  let records = 0;
  const cpu = process.cpuUsage();
  const began = performance.now();
  const pages = source.scan(new AbortController().signal, (now) => {
    progress = now;
  });
  for await (const page of pages) {
    records += page.length;
    for (const { fields } of page) names.add(fields[0]);
  }
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  source.close();
  if (progress === undefined) throw new Error('a scan must tell its progress');
  return { ...progress, records, distinct: names.size, seconds, cpuSeconds: (user + system) / 1e6 };
}

function outcome(users: number, scan: Scan): Readonly<Record<string, number>> {
  return {
    users,
    lost: users - scan.distinct,
    doubled: scan.records - scan.distinct,
    pages: scan.pages,
    requests: scan.requests,
    seconds: scan.seconds,
    'CPU ms/page': (scan.cpuSeconds * 1000) / scan.pages,
  };
}

function report(title: string, rows: Readonly<Record<string, number>>): void {
  const lines = Object.entries(rows).map(
    ([name, value]) =>
      `  ${name.padEnd(30)} ${value.toLocaleString('en', { maximumFractionDigits: 3 }).padStart(12)}`,
  );
  process.stdout.write(`${title}\n${lines.join('\n')}\n`);
}
