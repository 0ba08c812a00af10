/**
 * What a snapshot of a million users takes: memory against the bytes of the API's JSON, the time to build it, and
 * the longest that loading held the event loop.
 *
 * `node --expose-gc --import tsx bench/snapshot.ts [users]`
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SnapshotDirectory } from '../src/snapshot/file/snapshot-directory.ts';
import { ColumnarSnapshot, type Snapshot } from '../src/snapshot/snapshot.ts';
import { SnapshotStore } from '../src/snapshot/store.ts';
import type { Field, Source, SourceRecord } from '../src/source/source.ts';

/** The API's longest page. */
const pageLength = 60;
/** Pages between two turns of the event loop: a source that answers as fast as it can still reads from a socket. */
const pagesPerTurn = 4;

const userCount = Number(process.argv[2] ?? 1_000_000);
const fields: readonly Field[] = [
  { name: 'username', type: 'text' },
  { name: 'status', type: 'text' },
  { name: 'enabled', type: 'boolean' },
  { name: 'created_at', type: 'timestamp' },
  { name: 'updated_at', type: 'timestamp' },
];
const statuses = [
  'CONFIRMED',
  'CONFIRMED',
  'CONFIRMED',
  'UNCONFIRMED',
  'FORCE_CHANGE_PASSWORD',
  'EXTERNAL_PROVIDER',
];

await run();

async function run(): Promise<void> {
  const jsonBytes = measureJson();
  // The loops are compiled and the heap has its shape before anything is measured.
  await load(20_000);
  const before = await memory();
  const { result, seconds, longestDelayMs } = await timed(() => load(userCount));
  const { snapshot, peak, close } = result;
  const after = await memory();
  const rss = after.rss - before.rss;
  report({
    users: snapshot.rowCount,
    'JSON bytes/user': jsonBytes / userCount,
    'load (s, generating the users included)': seconds,
    'longest event-loop delay (ms)': longestDelayMs,
    'snapshot bytes/user': snapshot.byteLength / userCount,
    'snapshot / JSON': snapshot.byteLength / jsonBytes,
    'gained RSS / JSON': rss / jsonBytes,
    'gained heap + buffers / JSON': (after.used - before.used) / jsonBytes,
    'peak RSS gained / JSON': (peak - before.rss) / jsonBytes,
  });
  await keep(snapshot);
  await close();
}

/** Writes the snapshot to a file and reads it back. */
async function keep(snapshot: Snapshot): Promise<void> {
  if (!(snapshot instanceof ColumnarSnapshot)) return;
  const directory = await mkdtemp(join(tmpdir(), 'bench-'));
  const files = new SnapshotDirectory({
    directory,
    observe: (observation) => report({ [observation.event]: 1 }),
  });
  const owner = { server: 'bench', object: 'users', origin: undefined, fields, needs: 'all' } as const;
  const written = await timed(() => files.save(owner, snapshot));
  const read = await timed(() => files.load(owner, () => undefined));
  report({
    'file bytes/user': (await stat(files.pathOf(owner))).size / snapshot.rowCount,
    'file written (s)': written.seconds,
    'longest event-loop delay while writing (ms)': written.longestDelayMs,
    'file read (s)': read.seconds,
    'longest event-loop delay while reading (ms)': read.longestDelayMs,
  });
  await rm(directory, { recursive: true });
}

async function timed<T>(act: () => Promise<T>) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const began = performance.now();
  const result = await act();
  const seconds = (performance.now() - began) / 1000;
  delay.disable();
  return { result, seconds, longestDelayMs: delay.max / 1e6 };
}

async function load(users: number) {
  let peak = 0;
  const sampler = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 20);
  const store = new SnapshotStore({
    source: synthetic(users),
    server: 'bench',
    object: 'users',
    needs: 'all',
    maxAgeMs: 3_600_000,
    staleWhileRevalidateMs: 0,
    minRefreshMs: 0,
    scanTimeoutMs: 3_600_000,
    observe: () => undefined,
  });
  const { snapshot } = await store.read();
  clearInterval(sampler);
  return { snapshot, peak, close: () => store.close() };
}

function synthetic(users: number): Source {
  return {
    fields,
    async *scan() {
      for (let from = 0; from < users; from += pageLength) {
        if ((from / pageLength) % pagesPerTurn === 0) await nextTurn();
        yield Array.from({ length: Math.min(pageLength, users - from) }, (_, i) => user(from + i));
      }
    },
    close: () => undefined,
  };
}

/** A user whose JSON is as long as a real one's. */
function user(index: number): SourceRecord {
  const id = randomUUID();
  const given = `Given${(index * 7919) % 5000}`;
  const family = `Family${(index * 104_729) % 12_000}`;
  return {
    fields: [
      id,
      statuses[index % statuses.length] ?? 'CONFIRMED',
      index % 50 !== 0,
      1_600_000_000_000 + index * 1000,
      1_650_000_000_000 + index * 777,
    ],
    attributes: [
      ['email', `${given}.${family}.${index}@example.com`.toLowerCase()],
      ['email_verified', index % 3 === 0 ? 'false' : 'true'],
      ['sub', id],
      ['given_name', given],
      ['family_name', family],
    ],
  };
}

/** The bytes that the API sends for these users, judged by some of them. */
function measureJson(): number {
  const sample = Array.from({ length: 1000 }, (_, i) => user(Math.floor((i * userCount) / 1000)));
  const bytes = sample.reduce((sum, record) => sum + Buffer.byteLength(apiJson(record)) + 1, 0);
  return (bytes / sample.length) * userCount;
}

function apiJson({
  fields: [username, status, enabled, created, updated],
  attributes,
}: SourceRecord): string {
  return JSON.stringify({
    Username: username,
    Attributes: attributes.map(([Name, Value]) => ({ Name, Value })),
    UserCreateDate: Number(created) / 1000,
    UserLastModifiedDate: Number(updated) / 1000,
    Enabled: enabled,
    UserStatus: status,
  });
}

/** What is in use once everything that can be freed has been. */
async function memory(): Promise<{ rss: number; used: number }> {
  for (let i = 0; i < 5; i++) {
    await nextTurn();
    globalThis.gc?.();
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, used: heapUsed + external };
}

function report(figures: Readonly<Record<string, number>>): void {
  for (const [name, figure] of Object.entries(figures)) {
    process.stdout.write(`${name.padEnd(45)}${figure.toFixed(3)}\n`);
  }
}
