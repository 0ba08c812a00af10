/**
 * What it takes to share a scan of a million users, of whom one in a thousand changes between two scans: bytes that are
 * published and loaded, time and CPU, and the longest that either held the event loop: as a delay, which others on the
 * machine add to, and as CPU of the process in one turn, to which only its own threads do.
 *
 * `npx tsx bench/sharing.ts [users] [one of how many changes]`
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemClock } from '../src/clock.ts';
import { SnapshotBuilder } from '../src/snapshot/builder.ts';
import { MemoryPlace } from '../src/snapshot/exchange/memory-place.ts';
import { SharedObject } from '../src/snapshot/exchange/shared-object.ts';
import type { ColumnarSnapshot } from '../src/snapshot/snapshot.ts';
import type { Field, SourceRecord } from '../src/source/source.ts';

const userCount = Number(process.argv[2] ?? 1_000_000);
/** One in so many users changes. */
const changeEvery = Number(process.argv[3] ?? 1000);
/** Users per second that one scan reads at the quota: 25 requests of 60 users. */
const usersPerSecond = 1500;

const fields: readonly Field[] = [
  { name: 'username', type: 'text' },
  { name: 'status', type: 'text' },
  { name: 'enabled', type: 'boolean' },
  { name: 'created_at', type: 'timestamp' },
  { name: 'updated_at', type: 'timestamp' },
];

/** The most CPU that the process used between two turns of the event loop. */
class LongestTurn {
  #longest = 0;
  #cpu = process.cpuUsage();
  #ended = false;

  constructor() {
    void this.#watch();
  }

  reset(): void {
    this.#longest = 0;
    this.#cpu = process.cpuUsage();
  }

  /** @returns milliseconds */
  end(): number {
    this.#ended = true;
    return this.#longest;
  }

  async #watch(): Promise<void> {
    while (!this.#ended) {
      await nextTurn();
      const { user, system } = process.cpuUsage(this.#cpu);
      this.#longest = Math.max(this.#longest, (user + system) / 1000);
      this.#cpu = process.cpuUsage();
    }
  }
}

const place = new MemoryPlace(systemClock);
let bytes = 0;
let began = 0;
let cpu = process.cpuUsage();
let delay = monitorEventLoopDelay({ resolution: 1 });
let turns: LongestTurn;
const [publisher, reader, newcomer] = [open('publisher'), open('reader'), open('newcomer')];
const first = await measured('first publication', () => publish(publisher, 0));
report({ 'snapshot bytes/user': first.byteLength / userCount, 'published bytes/user': bytes / userCount });
await measured('loading all of it', () => load(reader));
const seconds = userCount / usersPerSecond;
report({ 'scanning it at the quota (s)': seconds });

const whole = bytes;
await measured('publication of what changed', () => publish(publisher, 1));
report({ 'bytes published / snapshot': bytes / whole });
await measured('loading what changed', () => load(reader));
report({ 'bytes loaded / snapshot': bytes / whole });
await measured('publication where nothing changed', () => publish(publisher, 1));
report({ 'bytes published': bytes });
await measured('loading where nothing changed', () => load(reader));
await measured('loading all of it, changes included', () => load(newcomer));

function open(holder: string): SharedObject {
  return new SharedObject({
    place,
    key: undefined,
    holder,
    leaseMs: 3_600_000,
    pollMs: 1000,
    owner: { server: 'bench', object: 'users', origin: undefined, fields, needs: 'all' },
    quota: undefined,
    observe: (observation) => {
      if ('bytes' in observation) bytes = observation.bytes;
    },
    clock: systemClock,
  });
}

async function publish(shared: SharedObject, generation: number): Promise<ColumnarSnapshot> {
  const { published } = await shared.client.look();
  const lease = await shared.client.acquire(published?.position, 0);
  const snapshot = await scan(generation);
  if (!lease) throw new Error('the lease must be free');
  began = performance.now();
  cpu = process.cpuUsage();
  delay.reset();
  turns.reset();
  await shared.publish({ snapshot, ageMs: () => 0 }, { lease, published });
  return snapshot;
}

async function load(shared: SharedObject): Promise<ColumnarSnapshot> {
  const { published, now } = await shared.client.look();
  if (!published) throw new Error('something must be published');
  return shared.load(published, now);
}

async function scan(generation: number): Promise<ColumnarSnapshot> {
  const builder = new SnapshotBuilder({ fields, needs: 'all' });
  for (let i = 0; i < userCount; i += 60) {
    builder.add(Array.from({ length: Math.min(60, userCount - i) }, (_, j) => user(i + j, generation)));
  }
  return builder.finish({ startedAt: Date.now(), pages: 1, requests: 1, throttles: 0, durationMs: 1 });
}

/** A user, some of whom change from one generation to the next. */
function user(index: number, generation: number): SourceRecord {
  const id = idOf(index);
  const given = `Given${(index * 7919) % 5000}`;
  const family = `Family${(index * 104_729) % 12_000}`;
  const changed = index % changeEvery === 0 ? generation : 0;
  return {
    fields: [
      id,
      index % 6 < 5 ? 'CONFIRMED' : 'UNCONFIRMED',
      (index + changed) % 50 !== 0,
      1_600_000_000_000 + index * 1000,
      1_650_000_000_000 + index * 777 + changed,
    ],
    attributes: [
      ['email', `${given}.${family}.${index}.${changed}@example.com`.toLowerCase()],
      ['email_verified', index % 3 === 0 ? 'false' : 'true'],
      ['sub', id],
      ['given_name', given],
      ['family_name', changed > 0 ? `New${index}` : family],
    ],
  };
}

/** Spread over all UUIDs, as real ones are. */
function idOf(index: number): string {
  const digits = (Math.imul(index + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0');
  return `${digits}-0000-4000-8000-${String(index).padStart(12, '0')}`;
}

async function measured<T>(name: string, act: () => Promise<T>): Promise<T> {
  delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  turns = new LongestTurn();
  began = performance.now();
  cpu = process.cpuUsage();
  const result = await act();
  const { user: userTime, system } = process.cpuUsage(cpu);
  report({
    [`${name} (s)`]: (performance.now() - began) / 1000,
    '  CPU (s)': (userTime + system) / 1e6,
    '  longest event-loop delay (ms)': delay.max / 1e6,
    '  longest turn, CPU (ms)': turns.end(),
  });
  delay.disable();
  return result;
}

function report(figures: Readonly<Record<string, number>>): void {
  for (const [name, figure] of Object.entries(figures)) {
    process.stdout.write(`${name.padEnd(45)}${figure.toFixed(4)}\n`);
  }
}
