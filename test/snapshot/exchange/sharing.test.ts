import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Observation } from '../../../src/observation.ts';
import { MemoryPlace } from '../../../src/snapshot/exchange/memory-place.ts';
import type { Claim, ExchangePlace, ObjectState, Published } from '../../../src/snapshot/exchange/place.ts';
import { parseSnapshotKey, type SnapshotKey } from '../../../src/snapshot/file/key.ts';
import type { SnapshotStats } from '../../../src/snapshot/snapshot.ts';
import { SnapshotStore } from '../../../src/snapshot/store.ts';
import type { SnapshotStoreOptions } from '../../../src/snapshot/store-definition.ts';
import { FakeClock, settle } from '../fake-clock.ts';
import { FakeSource } from '../fake-source.ts';

const second = 1_000;
const minute = 60 * second;

let clock: FakeClock;
let place: FlakyPlace;
let gateways: Gateway[];

beforeEach(() => {
  clock = new FakeClock();
  place = new FlakyPlace(clock);
  gateways = [];
});

afterEach(async () => {
  for (const gateway of gateways) await gateway.store.close();
});

describe('gateways that share scans', () => {
  test('scan once, however many start together, and serve the same rows', async () => {
    const all = startGateways(8);
    const reads = all.map(({ store }) => store.read());
    await scanned(2, 'a', 'b');
    for (const read of await Promise.all(reads)) {
      expect(identities(read)).toEqual(['a', 'b']);
      expect(read.ageMs).toBe(2 * second);
    }
    expect(scans()).toBe(1);
  });

  test('take the snapshot of another gateway without a request', async () => {
    const [first, second_] = startGateways(2);
    await readOf(first, 'a');
    await until(() => published() === 1);
    await clock.advance(2 * minute);
    void first?.store.read();
    await until(() => scans() === 2);
    running()?.finish('a', 'b');
    await until(() => published() === 2);
    await clock.advance(2 * second);
    await until(() => second_?.source.scans.length === 0 && atHand(second_)?.length === 2);
    expect(atHand(second_)).toEqual(['a', 'b']);
  });

  test('start with the published snapshot, with its true age and without a scan', async () => {
    const [first] = startGateways(1);
    await readOf(first, 'a');
    await clock.advance(30 * second);
    const [late] = startGateways(1);
    const read = await late?.store.read();
    expect(read).toMatchObject({ ageMs: 30 * second });
    expect(scans()).toBe(1);
  });

  test('show the progress of the gateway that is scanning', async () => {
    const [first, other] = startGateways(2);
    void first?.store.read().catch(() => undefined);
    await until(() => scans() === 1);
    const late = other?.store.read().catch((error: unknown) => error);
    const progress = { rows: 120, pages: 2, requests: 2, throttles: 0, estimatedRows: 1_000 };
    running()?.progress(progress);
    for (let i = 0; i < 31; i++) await clock.advance(second);
    expect(await late).toMatchObject({ code: 'SCAN_IN_PROGRESS', details: { progress } });
    running()?.finish('a');
  });

  test('wait with no-cache for a scan that starts after the request, by any gateway', async () => {
    const [first, other] = startGateways(2);
    void first?.store.read();
    await until(() => scans() === 1);
    const forced = other?.store.read({ noCache: true });
    await settle();
    running()?.finish('before');
    await until(() => published() === 1);
    for (let i = 0; i < 20 && scans() < 2; i++) await clock.advance(second);
    await until(() => scans() === 2);
    running()?.finish('after');
    expect(identities(await forced)).toEqual(['after']);
  });

  test('publish only a pointer if nothing has changed', async () => {
    const [first] = startGateways(1);
    await readOf(first, 'a', 'b');
    await until(() => published() === 1);
    const { blocks } = place;
    await rescan(first, 'a', 'b');
    expect(published()).toBe(2);
    expect(place.blocks).toBe(blocks);
  });

  test.each([
    ['as it is', undefined],
    ['encrypted', parseSnapshotKey('ab'.repeat(32))],
  ])('read each other: %s', async (_, key) => {
    const [first, other] = [startGateway({ key }), startGateway({ key })];
    await readOf(first, 'a', 'b', 'c');
    await rescan(first, 'a', 'c', 'd');
    await clock.advance(2 * second);
    await until(() => atHand(other)?.join() === 'a,c,d');
    expect(scans()).toBe(2);
  });

  test('scan by themselves if they do not have the key of the published snapshot', async () => {
    const [first, stranger] = [
      startGateway({ key: parseSnapshotKey('one') }),
      startGateway({ key: undefined }),
    ];
    await readOf(first, 'a');
    const read = stranger.store.read();
    for (let i = 0; i < 20 && scans() < 2; i++) {
      await clock.advance(second);
      await settle();
    }
    await until(() => scans() === 2);
    running()?.finish('b');
    expect(identities(await read)).toEqual(['b']);
  }, 20_000);
});

describe('a place that changes what it says of a publication is not believed:', () => {
  const key = parseSnapshotKey('ab'.repeat(32));

  test.each<[string, (published: Published) => Published]>([
    ['its start', (published) => ({ ...published, beganAt: published.beganAt + minute })],
    ['its sequence', (published) => ({ ...published, position: { ...published.position, sequence: 7 } })],
    [
      'its incarnation',
      (published) => ({ ...published, position: { ...published.position, incarnation: 'b' } }),
    ],
    ['how long its scan took', (published) => withStats(published, { durationMs: 10 * minute })],
    ['its rows', (published) => withStats(published, { rows: 2 })],
    [
      'its parts',
      (published) => withPublication(published, { parts: published.publication.parts.slice(0, 1) }),
    ],
    ['its step', (published) => withPublication(published, { step: published.publication.parts[0] })],
    ['its seal', (published) => withPublication(published, { seal: '' })],
  ])('%s', async (_, lie) => {
    const first = startGateway({ key });
    await readOf(first, 'a', 'b', 'c', 'd');
    await rescan(first, 'a', 'b', 'c', 'e');
    place.lie = lie;
    const other = startGateway({ key });
    const read = other.store.read();
    for (let i = 0; i < 20 && scans() < 3; i++) {
      await clock.advance(second);
      await settle();
    }
    await until(() => scans() === 3);
    running()?.finish('scanned');
    expect(identities(await read)).toEqual(['scanned']);
    expect(observed('snapshot-loaded')).toBe(0);
  });

  test('the pool that it is of', async () => {
    const first = startGateway({ key });
    await readOf(first, 'a');
    place.swap = true;
    const other = startGateway({ key, object: 'others' });
    const read = other.store.read();
    for (let i = 0; i < 20 && scans() < 2; i++) {
      await clock.advance(second);
      await settle();
    }
    await until(() => scans() === 2);
    running()?.finish('scanned');
    expect(identities(await read)).toEqual(['scanned']);
    expect(observed('snapshot-loaded')).toBe(0);
  });

  function withStats(published: Published, stats: Partial<SnapshotStats>): Published {
    return withPublication(published, { stats: { ...published.publication.stats, ...stats } });
  }

  function withPublication(published: Published, changed: Partial<Published['publication']>): Published {
    return { ...published, publication: { ...published.publication, ...changed } };
  }
});

describe('clocks that differ by an hour', () => {
  test.each([
    ['ahead', 60 * minute],
    ['behind', -60 * minute],
  ])('%s: ages are those of the scan, and nothing older is taken', async (_, offset) => {
    const [right] = startGateways(1);
    const wrong = startGateway({ key: undefined, clock: skewed(offset) });
    await readOf(right, 'a');
    await clock.advance(20 * second);
    await until(() => atHand(wrong)?.join() === 'a');
    const read = wrong.store.tryRead();
    expect(read).toMatchObject({ ageMs: 20 * second, state: 'fresh' });
    read?.release();
    await rescan(wrong, 'a', 'b');
    await clock.advance(2 * second);
    await until(() => atHand(right)?.join() === 'a,b');
    expect(right?.store.tryRead()).toMatchObject({ ageMs: 2 * second });
    expect(scans()).toBe(2);
  });

  test('since one was set back while the gateway runs: newer snapshots are taken all the same', async () => {
    const [first] = startGateways(1);
    const jumping = skewed(0);
    const other = startGateway({ key: undefined, clock: jumping });
    await readOf(first, 'a');
    await clock.advance(2 * second);
    await until(() => atHand(other)?.join() === 'a');
    jumping.offset = -60 * minute;
    await rescan(first, 'a', 'b');
    await clock.advance(2 * second);
    await until(() => atHand(other)?.join() === 'a,b');
  });
});

test('a gateway shows the age of the publication, and how far it is behind', async () => {
  const [first, other] = startGateways(2);
  await readOf(first, 'a');
  const { published, sequence } = first?.store.status().sharing ?? {};
  expect(published).toEqual({ sequence: 1, scannedAt: clock.now(), isLoaded: true });
  expect(sequence).toBe(1);
  await clock.advance(2 * second);
  await until(() => atHand(other)?.join() === 'a');
  place.refuse(other?.name ?? '', 'getBlocks');
  await rescan(first, 'a', 'b');
  await clock.advance(2 * second);
  await until(() => other?.store.status().sharing?.published?.sequence === 2);
  expect(other?.store.status().sharing).toMatchObject({ sequence: 1, published: { isLoaded: false } });
  place.connect(other?.name ?? '');
  await clock.advance(2 * second);
  await until(() => other?.store.status().sharing?.published?.isLoaded);
});

describe('a holder that', () => {
  test('dies during a scan loses its lease, and another one scans', async () => {
    const [dead, other] = startGateways(2);
    void dead?.store.read().catch(() => undefined);
    await until(() => scans() === 1);
    const read = other?.store.read();
    await settle();
    place.cutOff(dead?.name ?? '');
    for (let i = 0; i < 20; i++) await clock.advance(second);
    await until(() => scans() === 2);
    other?.source.latest.finish('by the other');
    expect(identities(await read)).toEqual(['by the other']);
  });

  test('was paused for longer than its lease publishes nothing older than what is published', async () => {
    const [paused, other] = startGateways(2);
    const first = paused?.store.read();
    await until(() => scans() === 1);
    const read = other?.store.read();
    place.cutOff(paused?.name ?? '');
    for (let i = 0; i < 20; i++) await clock.advance(second);
    await until(() => scans() === 2);
    other?.source.latest.finish('newer');
    await read;
    await until(() => published() === 1);
    place.connect(paused?.name ?? '');
    paused?.source.scans[0]?.finish('older');
    await clock.advance(2 * second);
    await settle();
    await clock.advance(5 * second);
    await until(() => atHand(paused)?.join() === 'newer');
    expect(identities(await first)).toEqual(['newer']);
    expect(published()).toBe(1);
  });

  test('fails to scan leaves the lease to the next', async () => {
    const [failing, other] = startGateways(2);
    const failed = failing?.store.read().catch((error: unknown) => error);
    await until(() => scans() === 1);
    const read = other?.store.read();
    await settle();
    running()?.fail(new Error('broken'));
    expect(await failed).toMatchObject({ code: 'SCAN_UNAVAILABLE' });
    await clock.advance(2 * second);
    await until(() => scans() === 2);
    other?.source.latest.finish('a');
    expect(identities(await read)).toEqual(['a']);
  });
});

describe('if the place does not answer', () => {
  test('a gateway serves what it has through its window, and only then scans, at a quarter of the rate', async () => {
    const [gateway] = startGateways(1);
    await readOf(gateway, 'a');
    place.down = true;
    await clock.advance(5 * minute);
    expect((await gateway?.store.read())?.state).toBe('stale');
    for (let i = 0; i < 10; i++) await clock.advance(second);
    expect(scans()).toBe(1);
    await clock.advance(10 * minute);
    const read = gateway?.store.read();
    await until(() => scans() === 2);
    expect(gateway?.source.rateShares.map((share) => share?.())).toEqual([1, 0.25]);
    gateway?.source.latest.finish('alone');
    expect(identities(await read)).toEqual(['alone']);
    expect(observed('sharing')).toBeGreaterThan(0);
  });

  test('a gateway without a snapshot scans at once, and publishes when it can', async () => {
    place.down = true;
    const [gateway, other] = startGateways(2);
    const read = gateway?.store.read();
    await until(() => scans() === 1);
    place.down = false;
    gateway?.source.latest.finish('alone');
    await read;
    await until(() => published() === 1);
    await clock.advance(2 * second);
    await until(() => atHand(other)?.join() === 'alone');
  });

  test('a snapshot that was scanned alone is not served after a newer one of another gateway', async () => {
    place.down = true;
    const [slow, other] = startGateways(2);
    const read = slow?.store.read();
    await until(() => scans() === 1);
    place.down = false;
    await clock.advance(second);
    const newer = other?.store.read();
    await until(() => scans() === 2);
    other?.source.latest.finish('newer');
    await newer;
    await until(() => published() === 1);
    await clock.advance(2 * second);
    await until(() => atHand(slow)?.join() === 'newer');
    slow?.source.latest.finish('older');
    expect(identities(await read)).toEqual(['newer']);
    expect(atHand(slow)).toEqual(['newer']);
  });

  test('a snapshot that was scanned under a lease is served in any case', async () => {
    const [gateway] = startGateways(1);
    const read = gateway?.store.read();
    await until(() => scans() === 1);
    place.down = true;
    gateway?.source.latest.finish('mine');
    expect(identities(await read)).toEqual(['mine']);
  });
});

describe('if nothing can be published', () => {
  test('a gateway serves what it has through its window, and only then scans, at a quarter of the rate', async () => {
    const [gateway] = startGateways(1);
    place.refused.add('putBlocks');
    const first = gateway?.store.read();
    await scanned(0, 'a');
    (await first)?.release();
    await clock.advance(5 * minute);
    expect((await gateway?.store.read())?.state).toBe('stale');
    for (let i = 0; i < 10; i++) await clock.advance(second);
    expect(scans()).toBe(1);
    await clock.advance(10 * minute);
    const read = gateway?.store.read();
    await until(() => scans() === 2);
    expect(gateway?.source.rateShares.map((share) => share?.())).toEqual([1, 0.25]);
    gateway?.source.latest.finish('alone');
    expect(identities(await read)).toEqual(['alone']);
    expect(gateway?.store.status().sharing?.reachable).toBe(false);
  });

  test('the lease is released at once', async () => {
    const [gateway, other] = startGateways(2);
    place.refused.add('putBlocks');
    const read = gateway?.store.read();
    await scanned(0, 'a');
    await read;
    place.refused.clear();
    const next = other?.store.read();
    await scanned(0, 'b');
    expect(identities(await next)).toEqual(['b']);
  });

  test('the snapshot is published as soon as that works again, and taken by the others', async () => {
    const [gateway, other] = startGateways(2);
    place.refused.add('publish');
    const read = gateway?.store.read();
    await scanned(0, 'a');
    (await read)?.release();
    expect(published()).toBe(0);
    place.refused.clear();
    for (let i = 0; i < 10 && published() === 0; i++) await clock.advance(second);
    await until(() => published() === 1);
    await clock.advance(2 * second);
    await until(() => atHand(other)?.join() === 'a');
    expect(scans()).toBe(1);
    expect(gateway?.store.status().sharing?.reachable).toBe(true);
  });

  test('a snapshot that could not be published is not published after a newer one', async () => {
    const [gateway, other] = startGateways(2);
    place.refuse(gateway?.name ?? '', 'publish');
    const read = gateway?.store.read();
    await scanned(0, 'older');
    (await read)?.release();
    await clock.advance(second);
    const next = other?.store.read({ noCache: true });
    for (let i = 0; i < 20 && scans() < 2; i++) await clock.advance(second);
    running()?.finish('newer');
    (await next)?.release();
    place.connect(gateway?.name ?? '');
    for (let i = 0; i < 70; i++) await clock.advance(second);
    await until(() => gateway?.store.status().sharing?.sequence === 1);
    expect(published()).toBe(1);
    expect(gateway?.store.status().sharing?.reachable).toBe(true);
  });

  test('a gateway that alone cannot publish leaves scanning to the others, until it can', async () => {
    const [mute, other] = startGateways(2);
    place.refuse(mute?.name ?? '', 'putBlocks');
    const first = mute?.store.read();
    await scanned(0, 'a');
    (await first)?.release();
    const second_ = other?.store.read();
    await scanned(0, 'b');
    (await second_)?.release();
    for (let cycle = 0; cycle < 4; cycle++) {
      const before = published();
      await clock.advance(2 * minute);
      for (const gateway of [mute, other]) (await gateway?.store.read())?.release();
      await until(() => running() !== undefined);
      running()?.finish(`${cycle}`);
      await until(() => published() > before);
      await clock.advance(2 * second);
      await until(() => atHand(mute)?.join() === `${cycle}`);
    }
    expect(mute?.source.scans).toHaveLength(1);
    expect(mute?.store.status().sharing?.reachable).toBe(false);
    expect(mute?.observations.filter(({ event }) => event === 'sharing')).toHaveLength(1);
    place.connect(mute?.name ?? '');
    for (let i = 0; i < 61; i++) await clock.advance(second);
    await until(() => mute?.store.status().sharing?.reachable);
  });

  test('a place that can be read but not written to is reported once, not at every look', async () => {
    const [gateway] = startGateways(1);
    await readOf(gateway, 'a');
    for (const method of ['acquire', 'renew', 'release', 'putBlocks', 'publish'] as const) {
      place.refused.add(method);
    }
    for (let i = 0; i < 5; i++) {
      await clock.advance(minute);
      (await gateway?.store.read())?.release();
      await settle();
    }
    expect(observed('sharing')).toBe(1);
  });
});

test('a place that has lost its data does not make a scanning gateway scan again', async () => {
  const [gateway, other] = startGateways(2);
  const read = gateway?.store.read();
  await until(() => scans() === 1);
  place.forget();
  await clock.advance(6 * second);
  await settle();
  gateway?.source.latest.finish('a');
  await read;
  await until(() => published() === 1);
  await clock.advance(2 * second);
  await until(() => atHand(other)?.join() === 'a');
  expect(scans()).toBe(1);
});

test('a hundred rescans leave only the publication in the place', async () => {
  const [gateway] = startGateways(1);
  await readOf(gateway, 'user');
  for (let i = 0; i < 100; i++) await rescan(gateway, 'user', `user ${i}`);
  expect(published()).toBe(101);
  expect(place.blocks).toBeLessThanOrEqual(65);
}, 30_000);

interface Gateway {
  readonly name: string;
  readonly source: FakeSource;
  readonly store: SnapshotStore;
  readonly observations: Observation[];
}

function startGateways(count: number): Gateway[] {
  return Array.from({ length: count }, () => startGateway({ key: undefined }));
}

function startGateway({
  key,
  ...options
}: { key: SnapshotKey | undefined } & Partial<SnapshotStoreOptions>): Gateway {
  const name = `gateway ${gateways.length}`;
  const source = new FakeSource();
  const observations: Observation[] = [];
  const store = new SnapshotStore({
    source,
    server: 'pool',
    object: 'users',
    needs: 'all',
    maxAgeMs: minute,
    staleWhileRevalidateMs: 9 * minute,
    scanTimeoutMs: 30 * second,
    minRefreshMs: 5 * second,
    observe: (observation) => observations.push(observation),
    clock,
    sharing: { place: place.as(name), key, holder: name, leaseMs: 15 * second, pollMs: 2 * second },
    ...options,
  });
  const gateway = { name, source, store, observations };
  gateways.push(gateway);
  return gateway;
}

/** The machine's clock of another gateway, which shows another time. */
function skewed(offset: number) {
  return {
    offset,
    now() {
      return clock.now() + this.offset;
    },
    monotonic: () => clock.monotonic(),
    sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal),
  };
}

/** A place that can be down, cut off from one gateway, and empty. */
class FlakyPlace {
  down = false;
  /** What it says instead of what was published. */
  lie: (published: Published) => Published = (published) => published;
  /** Whether it has the first object, and its blocks, for all others. */
  swap = false;
  #first: string | undefined;
  readonly #clock: FakeClock;
  readonly #cut = new Set<string>();
  /** What nobody can do. */
  readonly refused = new Set<keyof ExchangePlace>();
  /** What one gateway cannot do. */
  readonly #refusedTo = new Map<string, keyof ExchangePlace>();
  #place: MemoryPlace;

  constructor(clock: FakeClock) {
    this.#clock = clock;
    this.#place = new MemoryPlace(clock);
  }

  get blocks(): number {
    return this.#place.blockCount;
  }

  get sequence(): number {
    return this.#place.lastSequence;
  }

  cutOff(name: string): void {
    this.#cut.add(name);
  }

  connect(name: string): void {
    this.#cut.delete(name);
    this.#refusedTo.delete(name);
  }

  refuse(name: string, method: keyof ExchangePlace): void {
    this.#refusedTo.set(name, method);
  }

  forget(): void {
    this.#place = new MemoryPlace(this.#clock);
  }

  async #look(object: string): Promise<ObjectState> {
    this.#first ??= object;
    const state = await this.#place.look(this.swap ? this.#first : object);
    return { ...state, published: state.published && this.lie(state.published) };
  }

  /** Whoever has seen what it says has seen the latest. */
  async #acquire(object: string, claim: Claim) {
    const [said, { published }] = [await this.#look(object), await this.#place.look(object)];
    const isLatest = said.published?.position.sequence === claim.seen?.sequence;
    return this.#place.acquire(object, isLatest ? { ...claim, seen: published?.position } : claim);
  }

  as(name: string): ExchangePlace {
    return new Proxy<ExchangePlace>(this.#place, {
      get: (_, method: keyof ExchangePlace) => {
        return (...parameters: never[]) => {
          if (method === 'onNews') return this.#place.onNews(parameters[0] as never);
          if (this.down || this.#cut.has(name)) return Promise.reject(new Error('no answer'));
          if (this.refused.has(method) || this.#refusedTo.get(name) === method) {
            return Promise.reject(new Error('no'));
          }
          const [object, claim] = parameters;
          if (method === 'look' && object !== undefined) return this.#look(object);
          if (method === 'getBlocks' && this.swap && this.#first !== undefined && claim !== undefined) {
            return this.#place.getBlocks(this.#first, claim);
          }
          if (method === 'acquire' && object !== undefined && claim !== undefined) {
            return this.#acquire(object, claim);
          }
          return Reflect.apply(this.#place[method], this.#place, parameters);
        };
      },
    });
  }
}

function scans(): number {
  return gateways.reduce((sum, { source }) => sum + source.scans.length, 0);
}

function published(): number {
  return place.sequence;
}

function running() {
  return gateways.flatMap(({ source }) => source.scans).find((scan) => !scan.ended);
}

function observed(event: Observation['event']): number {
  return gateways.flatMap(({ observations }) => observations).filter((seen) => seen.event === event).length;
}

async function until(condition: () => boolean | undefined): Promise<void> {
  await vi.waitUntil(condition, { interval: 1, timeout: 5_000 });
}

/** Lets the one scan that begins take so many seconds. */
async function scanned(seconds: number, ...found: readonly string[]): Promise<void> {
  await until(() => running() !== undefined);
  await clock.advance(seconds * second);
  running()?.finish(...found);
}

async function readOf(gateway: Gateway | undefined, ...found: readonly string[]): Promise<void> {
  const read = gateway?.store.read();
  await scanned(0, ...found);
  (await read)?.release();
  await until(() => published() > 0);
}

async function rescan(gateway: Gateway | undefined, ...found: readonly string[]): Promise<void> {
  const before = published();
  await clock.advance(2 * minute);
  const read = gateway?.store.read();
  await until(() => running() !== undefined);
  running()?.finish(...found);
  (await read)?.release();
  await until(() => published() > before);
}

function identities(read: Awaited<ReturnType<SnapshotStore['read']>> | undefined): (string | null)[] {
  if (!read) return [];
  const { identity, rowCount } = read.snapshot;
  return Array.from({ length: rowCount }, (_, row) => identity.get(row));
}

function atHand(gateway: Gateway | undefined): (string | null)[] | undefined {
  const read = gateway?.store.tryRead();
  read?.release();
  return read && identities(read);
}
