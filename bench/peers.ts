/**
 * The gateway beside other servers that answer the same requests over the same users. Each server is a process of
 * its own, and so is the generator; all share this machine, so compare the ratios of one run. Rounds take turns:
 * what slows the machine down for a while slows all of them.
 *
 * `npm run bench:peers -- [--users 100k] [--rounds 3] [--seconds 5] [--connections 16] [--peers gateway,mercurius]
 *   [--cases page,key] [--generator wrk|autocannon] [--postgres URL] [--svg FILE]`
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Case, cases, requestBodies } from './comparison/cases.ts';
import { barChart } from './comparison/chart.ts';
import { Driver } from './comparison/driver.ts';
import { availableGenerator, generators } from './comparison/load.ts';
import { gateway, peers, type RunningPeer, startPeer } from './comparison/peer.ts';
import { openUsersDatabase } from './comparison/postgres.ts';
import { count, type Measurement, machine, markdownReport, type Round } from './comparison/report.ts';
import { type UserRow, userRows } from './comparison/rows.ts';
import { sameAnswer } from './comparison/same-answers.ts';
import { parseCount, parseNames } from './comparison/settings.ts';
import { startPool } from './scan/pool.ts';

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '100k' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '16' },
    peers: { type: 'string', default: peers.map(({ name }) => name).join() },
    cases: { type: 'string', default: cases.map(({ name }) => name).join() },
    generator: { type: 'string' },
    postgres: { type: 'string' },
    svg: { type: 'string', default: fileURLToPath(new URL('../docs/peers.svg', import.meta.url)) },
  },
});
const users = parseCount('--users', values.users);
const rounds = parseCount('--rounds', values.rounds);
const seconds = parseCount('--seconds', values.seconds);
const connections = parseCount('--connections', values.connections);
const chosenPeers = parseNames('--peers', values.peers, peers);
const chosenCases = parseNames('--cases', values.cases, cases);
const [generator = await availableGenerator()] = generators.filter((name) => name === values.generator);

/** Seconds of load before the first round, in which servers compile the operations. */
const warmUpSeconds = 2;

await run();

async function run(): Promise<void> {
  installPeers();
  tell('building the gateway');
  execFileSync('npm', ['run', 'build'], { stdio: ['ignore', 'ignore', 2] });
  const folder = await mkdtemp(join(tmpdir(), 'bench-peers-'));
  const rows = userRows(users);
  const pool = await startPool({ poolId: 'us-east-1_Bench', users, latencyMs: 0 });
  const database = await openUsersDatabase(rows, values.postgres);
  const running: RunningPeer[] = [];
  try {
    const answers: Record<string, string> = {};
    const options = { users, poolUrl: pool.url, postgresUrl: database.url, answers };
    for (const peer of chosenPeers.toSorted(
      (a, b) => Number(a.canned ?? false) - Number(b.canned ?? false),
    )) {
      if (peer.name === 'pg_graphql' && !database.hasPgGraphql) {
        tell('pg_graphql is left out: this Postgres has no such extension (--postgres takes one that has)');
        continue;
      }
      if (peer.leastNode && Number.parseInt(process.versions.node, 10) < peer.leastNode) {
        tell(
          `${peer.name} is left out: it needs Node ${peer.leastNode}, and this is ${process.versions.node}`,
        );
        continue;
      }
      tell(`starting ${peer.name}`);
      const started = await startPeer(peer, options);
      running.push(started);
      if (!peer.canned) await compareAnswers(started, rows, answers);
    }
    const measurements = await measure(running, new Driver({ generator, connections, rows, folder }));
    const memory = await Promise.all(
      running.map(async (peer) => `${peer.peer.name} ${count((await peer.usage()).residentMegabytes)} MB`),
    );
    const caption = `${count(users)} users, ${connections} connections, ${generator}, ${machine()}`;
    print(
      [
        `${caption}; rounds × seconds: ${rounds} × ${seconds}.`,
        markdownReport(measurements, gateway),
        `Resident memory after the run (Postgres' own not included): ${memory.join(', ')}.`,
      ].join('\n\n'),
    );
    if (values.svg) await writeFile(values.svg, barChart(measurements, `Requests per second: ${caption}`));
  } finally {
    for (const peer of running) peer.stop();
    await database.close();
    pool.stop();
    await rm(folder, { recursive: true });
  }
}

/** Installs the other servers. They are a separate project, which only this comparison needs. */
function installPeers(): void {
  const folder = fileURLToPath(new URL('peers/', import.meta.url));
  if (existsSync(join(folder, 'node_modules'))) return;
  tell('installing the peers');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: ['ignore', 2, 2] });
}

/** Asks each case once, and keeps the first peer's answers, which all others must give too. */
async function compareAnswers(
  { peer, urlFor }: RunningPeer,
  rows: readonly UserRow[],
  answers: Record<string, string>,
): Promise<void> {
  for (const asked of chosenCases) {
    const [body = ''] = requestBodies(asked, peer.dialect, rows, 1);
    const response = await fetch(urlFor(asked.name), {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body,
    });
    const answer = await response.text();
    answers[asked.name] ??= answer;
    const expected = answers[asked.name] ?? '';
    if (!sameAnswer(answer, expected)) {
      throw new Error(`${peer.name} answers ${asked.name} otherwise:\n${answer}\nand not\n${expected}`);
    }
  }
}

async function measure(running: readonly RunningPeer[], driver: Driver): Promise<Measurement[]> {
  for (const asked of chosenCases) {
    for (const server of running) await load(driver, server, asked, warmUpSeconds);
  }
  const measurements = chosenCases.flatMap((asked) =>
    running.map((server) => ({ server, peer: server.peer, case: asked, rounds: [] as Round[] })),
  );
  for (let number = 1; number <= rounds; number++) {
    for (const { server, case: asked, rounds: done } of measurements) {
      const round = await load(driver, server, asked, seconds);
      done.push(round);
      tell(
        `round ${number}, ${asked.name}, ${server.peer.name}: ${count(round.requests / round.seconds)} requests/s`,
      );
    }
  }
  return measurements;
}

async function load(driver: Driver, server: RunningPeer, asked: Case, duration: number): Promise<Round> {
  const { peer, urlFor, usage } = server;
  const before = await usage();
  const result = await driver.send(asked, { ...peer, url: urlFor(asked.name) }, duration);
  const after = await usage();
  return { ...result, cpuSeconds: after.cpuSeconds - before.cpuSeconds };
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Progress is no part of the report. */
function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}
