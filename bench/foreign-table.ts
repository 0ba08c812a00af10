/**
 * What it takes to read a foreign table through Postgres: a million rows of eight columns over postgres_fdw, against
 * psql's `\copy` of the same columns to nowhere, in one run and taking turns.
 *
 * `tsx bench/foreign-table.ts [rows] [rounds]`; psql must be on the PATH.
 */
import { execFile } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { promisify } from 'node:util';
import pg from 'pg';
import { Pace } from '../src/columns/pace.ts';
import { SnapshotBuilder } from '../src/snapshot/builder.ts';
import { ScanPlaces } from '../src/source/sql/scan-places.ts';
import { createSqlSource } from '../src/source/sql/source.ts';
import { startPostgres } from './comparison/postgres.ts';

const rows = Number(process.argv[2] ?? 1_000_000);
const rounds = Number(process.argv[3] ?? 3);
const columns = ['id', 'code', 'status', 'total', 'placed', 'paid', 'reference', 'details'];

const postgres = await startPostgres();
try {
  await prepare(postgres.url);
  process.stdout.write(`${rows} rows × ${columns.length} columns over postgres_fdw\n`);
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const copied = await copyWithPsql(postgres.url);
    const { scanned, cpu, delay, bytes } = await scanWithSource(postgres.url);
    ratios.push(scanned / copied);
    process.stdout.write(
      `\\copy ${copied.toFixed(2)} s, scan ${scanned.toFixed(2)} s with ${cpu.toFixed(2)} s of this process's CPU, ` +
        `ratio ${(scanned / copied).toFixed(2)}, longest event-loop delay ${delay.toFixed(1)} ms, ${(bytes / rows).toFixed(0)} bytes a row\n`,
    );
  }
  const median = ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? Number.NaN;
  process.stdout.write(`median ratio ${median.toFixed(2)} (target: at most 1.3)\n`);
} finally {
  await postgres.stop();
}

async function prepare(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  const { hostname, port, username, password, pathname } = new URL(url);
  await client.query(`
    create extension postgres_fdw;
    create table stored as
      select i as id, 'order-' || i as code, (array['open', 'paid', 'sent'])[1 + i % 3] as status,
        (i * 1.25)::numeric(12, 2) as total, timestamptz '2026-01-01Z' + i * interval '1 second' as placed,
        i % 2 = 0 as paid, md5(i::text)::uuid as reference, jsonb_build_object('item', i) as details
      from generate_series(1, ${rows}) i;
    create server remote foreign data wrapper postgres_fdw
      options (host '${hostname}', port '${port}', dbname '${pathname.slice(1)}');
    create user mapping for current_user server remote options (user '${username}', password '${password}');
    create foreign table orders (id int, code text, status text, total numeric, placed timestamptz, paid bool,
      reference uuid, details jsonb) server remote options (table_name 'stored');`);
  await client.end();
}

async function copyWithPsql(url: string): Promise<number> {
  const start = performance.now();
  await promisify(execFile)('psql', [
    url,
    '-qc',
    `\\copy (select ${columns.join(', ')} from orders) to '/dev/null'`,
  ]);
  return (performance.now() - start) / 1_000;
}

async function scanWithSource(url: string): Promise<{
  readonly scanned: number;
  readonly cpu: number;
  readonly delay: number;
  readonly bytes: number;
}> {
  const source = createSqlSource({
    table: {
      schema: 'public',
      name: 'orders',
      columns,
      types: new Map(),
      keys: [['id']],
      role: undefined,
      countRows: false,
    },
    identity: undefined,
    database: {
      name: 'bench',
      async openSession() {
        const client = new pg.Client(url);
        await client.connect();
        return client;
      },
    },
    places: new ScanPlaces(2),
  });
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const start = performance.now();
  const before = process.cpuUsage();
  const builder = new SnapshotBuilder({ fields: source.fields, needs: new Set() });
  const pace = new Pace();
  for await (const page of source.scan(new AbortController().signal, () => {})) {
    builder.add(page);
    if (pace.due) await pace.pause();
  }
  const scanned = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(before);
  const snapshot = await builder.finish({ startedAt: 0, pages: 0, requests: 0, throttles: 0, durationMs: 0 });
  delays.disable();
  return { scanned, cpu: (user + system) / 1e6, delay: delays.max / 1e6, bytes: snapshot.byteLength };
}
