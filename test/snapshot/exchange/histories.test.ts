import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Clock } from '../../../src/clock.ts';
import { MemoryPlace } from '../../../src/snapshot/exchange/memory-place.ts';
import type { ExchangePlace } from '../../../src/snapshot/exchange/place.ts';
import type { Snapshot } from '../../../src/snapshot/snapshot.ts';
import { SnapshotStore } from '../../../src/snapshot/store.ts';
import type { Source, SourceRecord } from '../../../src/source/source.ts';
import { FakeClock, settle } from '../fake-clock.ts';

const second = 1_000;
const replicaCount = 4;

const replica = fc.nat(replicaCount - 1);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 40 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('read' as const), replica, insists: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('change' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('break' as const, 'mend' as const, 'forget' as const) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('refuse' as const),
      replica,
      method: fc.constantFrom('look', 'acquire', 'renew', 'release', 'putBlocks', 'getBlocks', 'publish'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('set clock' as const),
      replica,
      hours: fc.integer({ min: -1, max: 1 }),
    }),
  },
);

test('whatever fails in whatever order: no replica serves a partial snapshot or goes back, and all agree afterwards', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const world = new World();
      try {
        for (const each of steps) await world.take(each);
        await world.mend();
        await world.agree();
        expect(world.faults).toEqual([]);
      } finally {
        await world.close();
      }
    }),
    { numRuns: 60, seed: 1 },
  );
}, 120_000);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Replicas of one pool, and everything that can happen to them. */
class World {
  /** What a replica has served that it must not. */
  readonly faults: string[] = [];
  readonly #clock = new FakeClock();
  readonly #replicas: Replica[];
  #place = new MemoryPlace(this.#clock);
  #isBroken = false;
  #generation = 1;

  constructor() {
    this.#replicas = Array.from({ length: replicaCount }, (_, i) => new Replica(this, `replica ${i}`));
  }

  get clock(): FakeClock {
    return this.#clock;
  }

  async take(next: Step): Promise<void> {
    const { kind } = next;
    if (kind === 'pass') for (let i = 0; i < next.seconds; i++) await this.#pass();
    else if (kind === 'read') void this.#replicas[next.replica]?.read(next.insists);
    else if (kind === 'change') this.#generation += 1;
    else if (kind === 'refuse') this.#replicas[next.replica]?.refused.add(next.method);
    else if (kind === 'set clock') this.#replicas[next.replica]?.setClock(next.hours * 3_600 * second);
    else if (kind === 'break') this.#isBroken = true;
    else if (kind === 'mend') await this.mend();
    else if (kind === 'forget') this.#place = new MemoryPlace(this.#clock);
    await settle();
  }

  async mend(): Promise<void> {
    this.#isBroken = false;
    for (const { refused } of this.#replicas) refused.clear();
  }

  /** Has one replica scan, and expects all others to serve the same at once. */
  async agree(): Promise<void> {
    this.#generation += 1;
    void this.#replicas[0]?.read(true);
    const isAgreed = () => this.#replicas.every((each) => each.served === this.#generation);
    // A lease of before may have to expire, and what could not be written is tried again after a minute at most.
    for (let i = 0; i < 90 && !isAgreed(); i++) await this.#pass();
    expect(this.#replicas.map(({ served }) => served)).toEqual(Array(replicaCount).fill(this.#generation));
  }

  async close(): Promise<void> {
    await Promise.all(this.#replicas.map(({ store }) => store.close()));
  }

  /** The place as one replica reaches it. */
  placeOf(refused: ReadonlySet<string>): ExchangePlace {
    return new Proxy<ExchangePlace>(this.#place, {
      get: (_, method: keyof ExchangePlace) => {
        return (...parameters: never[]) => {
          if (method === 'onNews') return () => undefined;
          if (this.#isBroken || refused.has(method)) return Promise.reject(new Error('no answer'));
          return Reflect.apply(this.#place[method], this.#place, parameters);
        };
      },
    });
  }

  /** The pool: its first and last users tell its generation, and so does its size. */
  source(): Source {
    return {
      fields: [{ name: 'username', type: 'text' }],
      scan: (signal, _, rateShare = () => 1) => this.#scan(signal, (3 * second) / rateShare()),
      close: () => undefined,
    };
  }

  async *#scan(signal: AbortSignal, ms: number): AsyncGenerator<readonly SourceRecord[]> {
    const generation = this.#generation;
    const rows = rowsOf(generation);
    await this.#clock.sleep(ms, signal);
    yield Array.from({ length: rows }, (_, i) => ({
      fields: [`user-${String(i).padStart(4, '0')}`],
      attributes: [['generation', String(i === 0 || i === rows - 1 ? generation : 0)] as const],
    }));
  }

  async #pass(): Promise<void> {
    await this.#clock.advance(second);
    for (const each of this.#replicas) void each.served;
  }
}

class Replica {
  readonly store: SnapshotStore;
  readonly refused = new Set<string>();
  readonly #world: World;
  readonly #name: string;
  #clockOffset = 0;
  #newest = 0;

  constructor(world: World, name: string) {
    this.#world = world;
    this.#name = name;
    const clock: Clock = {
      now: () => world.clock.now() + this.#clockOffset,
      monotonic: () => world.clock.monotonic(),
      sleep: (ms, signal) => world.clock.sleep(ms, signal),
    };
    this.store = new SnapshotStore({
      source: world.source(),
      server: 'pool',
      object: 'users',
      needs: 'all',
      maxAgeMs: 20 * second,
      staleWhileRevalidateMs: 40 * second,
      scanTimeoutMs: 30 * second,
      minRefreshMs: 0,
      observe: (observation) => {
        if (observation.event === 'internal-error') world.faults.push(`${name}: ${observation.error}`);
      },
      clock,
      sharing: {
        place: world.placeOf(this.refused),
        key: undefined,
        holder: name,
        leaseMs: 9 * second,
        pollMs: 2 * second,
      },
    });
  }

  setClock(offset: number): void {
    this.#clockOffset = offset;
  }

  /** The generation that is served now; undefined where there is none. */
  get served(): number | undefined {
    const read = this.store.tryRead();
    read?.release();
    return read && this.#check(read.snapshot);
  }

  async read(noCache: boolean): Promise<void> {
    try {
      const read = await this.store.read({ noCache });
      read.release();
      this.#check(read.snapshot);
    } catch {
      // It came too soon for a scan to end in time, or too late for the store.
    }
  }

  #check(snapshot: Snapshot): number {
    const { rowCount } = snapshot;
    const [first, last] = [0, rowCount - 1].map((row) => Number(snapshot.attribute(row, 'generation')));
    const { faults } = this.#world;
    if (first !== last || rowCount !== rowsOf(Number(first))) {
      faults.push(`${this.#name}: ${rowCount} rows of the generations ${first} and ${last}`);
    }
    if (Number(first) < this.#newest) faults.push(`${this.#name}: ${first} after ${this.#newest}`);
    this.#newest = Math.max(this.#newest, Number(first));
    return Number(first);
  }
}

function rowsOf(generation: number): number {
  return 20 + generation;
}
