import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { blockLength } from '../../../src/snapshot/exchange/block-file.ts';
import { MemoryPlace } from '../../../src/snapshot/exchange/memory-place.ts';
import type { ExchangePlace, Lease, Position, Publication } from '../../../src/snapshot/exchange/place.ts';
import { PostgresPlace } from '../../../src/snapshot/exchange/postgres/postgres-place.ts';
import { objectTable } from '../../../src/snapshot/exchange/postgres/schema.ts';
import { type Channel, RemotePlace, servePlace } from '../../../src/snapshot/exchange/remote-place.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';

const object = 'pool.users';
const progress = { rows: 60, pages: 1, requests: 1, throttles: 0, estimatedRows: 600 };
const stats = { rows: 1, pages: 1, requests: 1, throttles: 0, durationMs: 5 };
const seal = 'a seal';
const hour = 3_600_000;

interface Setting {
  readonly place: ExchangePlace;
  /** Ends every lease, as time would. */
  expire(): Promise<void>;
  close(): Promise<void>;
}

const settings: Record<string, () => Promise<Setting>> = {
  async memory() {
    let ahead = 0;
    const place = new MemoryPlace({ monotonic: () => systemClock.monotonic() + ahead });
    return {
      place,
      async expire() {
        ahead += 2 * hour;
      },
      close: () => place.close(),
    };
  },
  async 'another process'() {
    const setting = await settings.memory?.();
    if (!setting) throw new Error('no memory');
    const [here, there] = channels();
    const stop = servePlace(setting.place, there);
    const place = new RemotePlace(here);
    return {
      ...setting,
      place,
      async close() {
        await place.close();
        stop();
      },
    };
  },
  async Postgres() {
    const database = await createDatabase();
    const place = new PostgresPlace({ connection: { connectionString: database.url }, logged: false });
    return {
      place,
      async expire() {
        await database.client.query(
          `update ${objectTable} set expires_at = expires_at - interval '2 hours', began_at = began_at - interval '2 hours'`,
        );
      },
      async close() {
        await place.close();
        await database.drop();
      },
    };
  },
};

describe.each(Object.keys(settings))('a place in %s', (name) => {
  let place: ExchangePlace;
  let setting: Setting;

  beforeEach(async () => {
    setting = (await settings[name]?.()) ?? expect.fail('no such place');
    place = setting.place;
  });
  afterEach(() => setting.close());

  test('gives a lease to only one of several claimants', async () => {
    const leases = await Promise.all(['a', 'b', 'c', 'd'].map((holder) => claim(holder)));
    expect(leases.filter(Boolean)).toHaveLength(1);
    expect((await place.look(object)).holder).toMatchObject({ epoch: 1, name: leases.find(Boolean)?.holder });
  });

  test('gives a released or expired lease to the next claimant, with a higher epoch', async () => {
    const first = await taken('a');
    await place.release(object, first);
    const second = await taken('b');
    await setting.expire();
    const third = await taken('c');
    expect([first, second, third].map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  });

  test('prolongs a lease, and shows the progress under it, until it is another holder', async () => {
    const lease = await taken('a');
    await setting.expire();
    expect(await place.renew(object, lease, { leaseMs: hour, progress })).toEqual({ scansOfQuota: 1 });
    expect((await place.look(object)).holder).toEqual({ name: 'a', epoch: 1, progress });
    expect(await claim('b')).toBeUndefined();
    await setting.expire();
    await taken('b');
    expect(await place.renew(object, lease, { leaseMs: hour, progress })).toBeUndefined();
  });

  test('shows what was published exactly, with when its scan began by the time of the place', async () => {
    const lease = await taken('a');
    const beganAt = Math.floor((await place.look(object)).now) - 5_001;
    const position = await place.publish(object, lease, { beganAt, stats, parts: [part('x')], seal });
    const { published, holder } = await place.look(object);
    expect(published).toEqual({ position, beganAt, publication: { stats, parts: [part('x')], seal } });
    expect(holder).toBeUndefined();
  });

  test('gives the next publication the position after the last, in the incarnation of the lease', async () => {
    const lease = await taken('a');
    const first = await publish(lease, 'x');
    expect(first).toEqual({ incarnation: lease.incarnation, sequence: 1 });
    const next = (await claim('b', { seen: first })) ?? expect.fail('no lease');
    expect(await publish(next, 'y')).toEqual({ incarnation: next.incarnation, sequence: 2 });
  });

  test('rejects publications under a lease that has expired, or is another holder', async () => {
    const zombie = await taken('a');
    await setting.expire();
    expect(await publish(zombie, 'late')).toBeUndefined();
    const lease = await taken('b');
    expect(await publish(zombie, 'later')).toBeUndefined();
    expect(await publish(lease, 'good')).toMatchObject({ sequence: 1 });
    expect(await publish(zombie, 'latest')).toBeUndefined();
    expect((await place.look(object)).published?.publication.parts).toEqual([part('good')]);
  });

  test('gives no lease to a claimant that has not seen the latest publication', async () => {
    await publish(await taken('a'), 'x');
    expect(await claim('b')).toBeUndefined();
    const seen = (await place.look(object)).published?.position;
    expect(await claim('b', { seen })).toMatchObject({ holder: 'b' });
  });

  test('gives no lease too soon after the start of the last scan', async () => {
    await place.release(object, await taken('a'));
    expect(await claim('b', { spacingMs: hour })).toBeUndefined();
    await setting.expire();
    expect(await claim('b', { spacingMs: hour })).toBeDefined();
  });

  test('keeps only published blocks', async () => {
    const blocks = ['x', 'y', 'z'].map((hash) => ({ hash, bytes: Buffer.from(`\0\xff${hash}`, 'latin1') }));
    const lease = await taken('a');
    await place.putBlocks(object, blocks);
    await place.putBlocks(object, blocks);
    await place.publish(object, lease, { beganAt: 0, stats, parts: [part('x'), part('z')], seal });
    const found = await place.getBlocks(object, ['x', 'y', 'z']);
    expect([...found.keys()].sort()).toEqual(['x', 'z']);
    expect(Buffer.from(found.get('z') ?? [])).toEqual(blocks[2]?.bytes);
  });

  test('keeps the step from the previous publication until the next one', async () => {
    const block = (hash: string) => ({ hash, bytes: Buffer.from(hash) });
    const lease = await taken('a');
    await place.putBlocks(object, [block('whole'), block('step')]);
    await place.publish(object, lease, {
      beganAt: 0,
      stats,
      parts: [part('whole')],
      step: part('step'),
      seal,
    });
    const seen = (await place.look(object)).published;
    expect(seen?.publication.step).toEqual(part('step'));
    expect((await place.getBlocks(object, ['whole', 'step'])).size).toBe(2);
    const next = (await claim('b', { seen: seen?.position })) ?? expect.fail('no lease');
    await publish(next, 'whole');
    expect([...(await place.getBlocks(object, ['whole', 'step'])).keys()]).toEqual(['whole']);
  });

  test('keeps objects apart', async () => {
    await taken('a');
    expect(
      await place.acquire('another', {
        holder: 'b',
        leaseMs: hour,
        quota: 'account',
        seen: undefined,
        spacingMs: 0,
      }),
    ).toBeDefined();
    await place.putBlocks('another', [{ hash: 'x', bytes: Buffer.from('x') }]);
    expect((await place.getBlocks(object, ['x'])).size).toBe(0);
  });

  test('tells a holder how many scans share its quota', async () => {
    const lease = await taken('a');
    for (const [name, quota] of Object.entries({ second: 'account', third: 'account', fourth: 'another' })) {
      await place.acquire(name, { holder: name, leaseMs: hour, quota, seen: undefined, spacingMs: 0 });
    }
    const term = { leaseMs: hour, progress };
    expect(await place.renew(object, lease, term)).toEqual({ scansOfQuota: 3 });
    await setting.expire();
    expect(await place.renew(object, lease, term)).toEqual({ scansOfQuota: 1 });
  });

  test('notifies of publications', async () => {
    const heard = vi.fn();
    const stop = place.onNews(heard);
    const lease = await taken('a');
    await vi.waitFor(async () => {
      // A session that has just begun to listen has not heard what was told before.
      await place.release(object, lease);
      await place.release(object, await taken('b'));
      expect(heard).toHaveBeenCalled();
    }, 10_000);
    stop();
  });

  function claim(
    holder: string,
    { seen, spacingMs = 0 }: { seen?: Position | undefined; spacingMs?: number } = {},
  ) {
    return place.acquire(object, { holder, leaseMs: hour, quota: 'account', seen, spacingMs });
  }

  async function taken(holder: string): Promise<Lease> {
    return (await claim(holder)) ?? expect.fail(`${holder} must get the lease`);
  }

  function publish(lease: Lease, hash: string) {
    return place.publish(object, lease, {
      beganAt: 0,
      stats,
      parts: [part(hash)],
      seal,
    } satisfies Publication);
  }
});

/** Two ends, between which copies travel as between processes. */
function channels(): [Channel, Channel] {
  const listeners = [new Set<(message: unknown) => void>(), new Set<(message: unknown) => void>()];
  const end = (own: number): Channel => ({
    send: (message) => {
      const copy = structuredClone(message);
      setImmediate(() => {
        for (const listener of listeners[1 - own] ?? []) listener(copy);
      });
    },
    onMessage(listener) {
      listeners[own]?.add(listener);
      return () => listeners[own]?.delete(listener);
    },
  });
  return [end(0), end(1)];
}

function part(hash: string) {
  return { byteLength: 1, blocks: [hash] };
}

describe('a place in Postgres', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createDatabase();
  });
  afterEach(() => database.drop());

  test('is created by gateways that start together, and again if it was dropped', async () => {
    const places = Array.from(
      { length: 8 },
      () => new PostgresPlace({ connection: { connectionString: database.url }, logged: false }),
    );
    await Promise.all(places.map((place) => place.look(object)));
    await database.client.query('drop schema fdw_graphql cascade');
    await Promise.all(places.map((place) => place.look(object)));
    await Promise.all(places.map((place) => place.close()));
  });

  test.each([
    [false, 'u'],
    [true, 'p'],
  ])('logged: %s', async (logged, persistence) => {
    const place = new PostgresPlace({ connection: { connectionString: database.url }, logged });
    await place.look(object);
    const { rows } = await database.client.query(
      `select relpersistence from pg_class where relnamespace = 'fdw_graphql'::regnamespace and relkind = 'r'`,
    );
    expect(rows).toEqual([{ relpersistence: persistence }, { relpersistence: persistence }]);
    await place.close();
  });

  test('does not hand out a block that is longer than any gateway writes', async () => {
    const place = new PostgresPlace({ connection: { connectionString: database.url }, logged: false });
    const blocks = [blockLength, blockLength + 1].map((length) => ({
      hash: `${length} bytes`,
      bytes: new Uint8Array(length),
    }));
    await place.putBlocks(object, blocks);
    const found = await place.getBlocks(
      object,
      blocks.map(({ hash }) => hash),
    );
    expect([...found.keys()]).toEqual([`${blockLength} bytes`]);
    await place.close();
  });

  test('that has lost its data rejects leases from before', async () => {
    const place = new PostgresPlace({ connection: { connectionString: database.url }, logged: false });
    const wish = { holder: 'a', leaseMs: hour, quota: 'account', seen: undefined, spacingMs: 0 };
    const lease = (await place.acquire(object, wish)) ?? expect.fail('no lease');
    await database.client.query(`truncate ${objectTable}`);
    expect(await place.renew(object, lease, { leaseMs: hour, progress })).toBeUndefined();
    expect(await place.acquire(object, wish)).toMatchObject({ epoch: 1 });
    expect(await place.publish(object, lease, { beganAt: 0, stats, parts: [], seal })).toBeUndefined();
    await place.close();
  });
});
