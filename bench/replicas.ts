/**
 * Two hundred gateways on one pool of 40 million users, by the real protocol and a clock of its own: requests to the
 * pool, bytes that travel, and how long after the end of a scan each gateway serves it. The pool is small and its scans
 * take five minutes; hours and bytes are taken in proportion.
 *
 * `npx tsx bench/replicas.ts [gateways] [users]`
 */
import type { Clock } from '../src/clock.ts';
import { nextTurn } from '../src/columns/turn.ts';
import { MemoryPlace } from '../src/snapshot/exchange/memory-place.ts';
import type { ExchangePlace } from '../src/snapshot/exchange/place.ts';
import { SnapshotStore } from '../src/snapshot/store.ts';
import type { Source, SourceRecord } from '../src/source/source.ts';

const gatewayCount = Number(process.argv[2] ?? 200);
const userCount = Number(process.argv[3] ?? 40_000_000);
/** What a million users take, measured by `bench/sharing.ts`; and what of it a change of one in a thousand is. */
const bytesPerUser = 108;
const changedShare = 0.001;
/** Cognito's pages, at the rate that a gateway keeps to. */
const [usersPerPage, pagesPerSecond] = [60, 25];
const scanHours = userCount / usersPerPage / pagesPerSecond / 3600;
/** What the scans of the small pool take: gateways do nothing meanwhile but look for news. */
const scanMs = 5 * 60_000;
/** Users of the small pool, and pages of its scans. */
const [rows, pages] = [2_000, 50];
/** What a gateway and Postgres move in a second. */
const bytesPerSecond = 100e6;
const pollMs = 2_000;

/** After so many turns of the event loop without a call of the place, all gateways are waiting. */
const quietTurns = 8;
/** Those who wake at nearly the same time are woken together. */
const stepMs = 20;
let placeCalls = 0;

/** Time that passes as fast as nothing is left to do. */
class VirtualClock implements Clock {
  #now = 0;
  #sleepers: { readonly until: number; readonly wake: () => void }[] = [];

  now = () => 1_700_000_000_000 + this.#now;
  monotonic = () => this.#now;

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const cancel = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason);
      };
      const wake = () => {
        signal?.removeEventListener('abort', cancel);
        resolve();
      };
      const sleeper = { until: this.#now + ms, wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', cancel, { once: true });
    });
  }

  /** Waits until nothing is left to do, then wakes all who sleep no longer than whoever wakes next, and a little more. */
  async step(): Promise<void> {
    for (let quiet = 0, calls = placeCalls; quiet < quietTurns; quiet++) {
      // Paced loops take turns, so that after this one all of them have had theirs.
      await nextTurn();
      if (placeCalls !== calls) quiet = 0;
      calls = placeCalls;
    }
    const next = Math.min(...this.#sleepers.map(({ until }) => until));
    if (!Number.isFinite(next)) return;
    this.#now = Math.ceil((next + 1) / stepMs) * stepMs;
    const due = this.#sleepers.filter(({ until }) => until <= this.#now);
    this.#sleepers = this.#sleepers.filter(({ until }) => until > this.#now);
    for (const { wake } of due) wake();
  }
}

const clock = new VirtualClock();
const place = new MemoryPlace(clock);
let requests = 0;
let generation = 0;
let endedAt = 0;
const lags: number[] = [];

const stores = Array.from({ length: gatewayCount }, (_, i) => {
  return new SnapshotStore({
    source: slowPool(),
    server: 'pool',
    object: 'users',
    needs: 'all',
    maxAgeMs: 60_000,
    staleWhileRevalidateMs: 600_000,
    scanTimeoutMs: 10 * scanMs,
    minRefreshMs: 5_000,
    clock,
    sharing: { place: silent(place), key: undefined, holder: `gateway ${i}`, leaseMs: 15_000, pollMs },
    observe: (observation) => {
      if (observation.event === 'scan-finished') endedAt = clock.monotonic();
      if (observation.event === 'snapshot-loaded') lags.push(clock.monotonic() - endedAt);
    },
  });
});

await scanOnce('first scan: everybody starts at once');
await scanOnce('rescan: one user in a thousand has changed');
for (const store of stores) void store.close();
process.exit(0);

async function scanOnce(title: string): Promise<void> {
  generation += 1;
  requests = 0;
  lags.length = 0;
  const reads = stores.map((store) => store.read({ noCache: generation > 1 && store === stores[0] }));
  void Promise.all(reads).catch(() => undefined);
  while (lags.length < gatewayCount - 1) await clock.step();
  const bytes = publishedBytes(generation === 1);
  const transferMs = (bytes / bytesPerSecond) * 1000;
  lags.sort((a, b) => a - b);
  report(title, {
    gateways: gatewayCount,
    users: userCount,
    'scan (h)': scanHours,
    'requests to the pool / those of one scan': requests / pages,
    'published (MB)': bytes / 1e6,
    'loaded by all (GB)': (bytes * (gatewayCount - 1)) / 1e9,
    'time to notice, half of all (s)': (lags[lags.length >> 1] ?? 0) / 1000,
    'time to notice, the last (s)': (lags.at(-1) ?? 0) / 1000,
    'transfer, each (s)': transferMs / 1000,
  });
}

function publishedBytes(whole: boolean): number {
  return userCount * bytesPerUser * (whole ? 1 : changedShare);
}

function slowPool(): Source {
  return {
    fields: [{ name: 'username', type: 'text' }],
    async *scan() {
      const from = generation;
      for (let page = 0; page < pages; page++) {
        await clock.sleep(scanMs / pages);
        requests += 1;
        yield Array.from({ length: rows / pages }, (_, i) => user((page * rows) / pages + i, from));
      }
    },
    close: () => undefined,
  };
}

function user(index: number, changes: number): SourceRecord {
  return {
    fields: [`user-${String(index).padStart(8, '0')}`],
    attributes: [['email', `${index % 1000 === 0 ? changes : 0}.${index}@example.com`]],
  };
}

/** As through a pooler that swallows news; and every call is counted. */
function silent(shared: ExchangePlace): ExchangePlace {
  const counted = <T>(answer: Promise<T>): Promise<T> => {
    placeCalls += 1;
    return answer;
  };
  return {
    look: (object) => counted(shared.look(object)),
    acquire: (object, claim) => counted(shared.acquire(object, claim)),
    renew: (object, lease, term) => counted(shared.renew(object, lease, term)),
    release: (object, lease) => counted(shared.release(object, lease)),
    putBlocks: (object, blocks) => counted(shared.putBlocks(object, blocks)),
    getBlocks: (object, hashes) => counted(shared.getBlocks(object, hashes)),
    publish: (object, lease, publication) => counted(shared.publish(object, lease, publication)),
    onNews: () => () => undefined,
    close: () => shared.close(),
  };
}

function report(title: string, figures: Readonly<Record<string, number>>): void {
  process.stdout.write(`${title}\n`);
  for (const [name, figure] of Object.entries(figures)) {
    process.stdout.write(
      `  ${name.padEnd(45)}${figure.toLocaleString('en', { maximumFractionDigits: 2 })}\n`,
    );
  }
}
