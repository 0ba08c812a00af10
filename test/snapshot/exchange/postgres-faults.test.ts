import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Clock, systemClock } from '../../../src/clock.ts';
import type { Observation } from '../../../src/observation.ts';
import { PostgresPlace } from '../../../src/snapshot/exchange/postgres/postgres-place.ts';
import { blockTable, objectTable } from '../../../src/snapshot/exchange/postgres/schema.ts';
import type { Snapshot } from '../../../src/snapshot/snapshot.ts';
import { SnapshotStore } from '../../../src/snapshot/store.ts';
import type { Source, SourceRecord } from '../../../src/source/source.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';

/** All replicas are to serve the same snapshot in this time after a fault is over; `--share-poll` is 2 s there. */
const recoveryMs = 5_000;
const hour = 3_600_000;

let database: TestDatabase;
let pool: ChangingPool;
let replicas: Replica[];

beforeEach(async () => {
  database = await createDatabase();
  pool = new ChangingPool();
  replicas = [];
});

afterEach(async () => {
  for (const replica of replicas) await replica.close();
  for (const { failures } of replicas) expect(failures).toEqual([]);
  await database.drop();
});

test('a Postgres that becomes read-only: answers go on, scans are made at a quarter of the rate, and what they found is shared afterwards', async () => {
  const [first, second, third] = [start(), start(), start()];
  await allServe(1);
  await makeReadOnly(true);
  pool.change();
  expect(await second.generation()).toBe(1);
  expect(await third.generation({ noCache: true })).toBe(2);
  expect(pool.rateShares).toEqual([1, 0.25]);
  expect(await first.generation()).toBe(1);
  expect(first.store.status().sharing?.published?.sequence).toBe(1);

  await makeReadOnly(false);
  await vi.waitFor(() => expect(replicas.map((replica) => replica.served)).toEqual([2, 2, 2]), {
    timeout: recoveryMs,
  });
  expect(pool.rateShares).toHaveLength(2);
});

test('a Postgres that is read-only from the start: each replica answers by its own scan', async () => {
  await makeReadOnly(true);
  start();
  start();
  await allServe(1);
  expect(pool.rateShares).toEqual([0.25, 0.25]);
});

// A file system that is really full needs a mount, and so an administrator; what Postgres says then is the same.
test('a full disk: each replica serves what it has scanned, and all serve the same once there is room', async () => {
  start();
  start();
  await database.client.query('create schema fdw_graphql');
  await allServe(1);
  await database.client.query(`
    create function no_space() returns trigger language plpgsql as $$
      begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
    create trigger full_disk before insert on ${blockTable} for each row execute function no_space();
  `);
  pool.change();
  const [first, second] = replicas;
  expect(await first?.generation({ noCache: true })).toBe(2);
  expect(await second?.generation()).toBe(1);
  pool.change();
  expect(await second?.generation({ noCache: true })).toBe(3);
  expect(await first?.generation()).toBe(2);
  await vi.waitFor(() => expect(first?.warnings().join()).toContain('No space left on device'), 10_000);

  await database.client.query(`drop trigger full_disk on ${blockTable}`);
  await vi.waitFor(() => expect(replicas.map((replica) => replica.served)).toEqual([3, 3]), {
    timeout: recoveryMs,
    interval: 20,
  });
  expect(pool.rateShares).toHaveLength(3);
});

test('clocks that differ by two hours: every replica serves every snapshot, with the age of its scan', async () => {
  const [ahead, right, behind] = [start(skewed(hour)), start(), start(skewed(-hour))];
  await allServe(1);
  for (const scanning of [ahead, behind, right, behind, ahead]) {
    pool.change();
    const expected = pool.generation;
    expect(await scanning.generation({ noCache: true })).toBe(expected);
    await vi.waitFor(
      () => expect(replicas.map(({ served }) => served)).toEqual([expected, expected, expected]),
      {
        timeout: recoveryMs,
        interval: 5,
      },
    );
  }
  for (const { store } of replicas) {
    const read = store.tryRead();
    expect(read?.state).toBe('fresh');
    expect(read?.ageMs).toBeLessThan(hour / 60);
    read?.release();
  }
  expect(pool.rateShares).toHaveLength(6);
});

test('a Postgres that hangs delays no answer', async () => {
  const [first] = [start(), start()];
  await allServe(1);
  await database.client.query(`begin; lock table ${objectTable}, ${blockTable} in access exclusive mode`);
  pool.change();
  expect(await first.generation()).toBe(1);
  // The scan is made alone once Postgres has not answered for five seconds.
  expect(await first.generation({ noCache: true })).toBe(2);
  await database.client.query('rollback');
  await vi.waitFor(() => expect(replicas.map(({ served }) => served)).toEqual([2, 2]), {
    timeout: 2 * recoveryMs,
    interval: 20,
  });
}, 30_000);

test('a Postgres that hangs while something is published: what was scanned is served, and published later', async () => {
  const [first] = [start(), start()];
  await allServe(1);
  await database.client.query(`begin; lock table ${blockTable} in access exclusive mode`);
  pool.change();
  expect(await first.generation({ noCache: true })).toBe(2);
  await database.client.query('rollback');
  await vi.waitFor(() => expect(replicas.map(({ served }) => served)).toEqual([2, 2]), {
    timeout: recoveryMs,
    interval: 20,
  });
  expect(pool.rateShares).toEqual([1, 1]);
});

test('tables that are emptied in mid-scan, as by a failover: the scan is published all the same', async () => {
  const [first] = [start(), start()];
  await allServe(1);
  pool.change();
  pool.hold();
  const read = first.generation({ noCache: true });
  await vi.waitUntil(() => pool.rateShares.length === 2, 10_000);
  await database.client.query(`truncate ${objectTable}, ${blockTable}`);
  pool.letGo();
  expect(await read).toBe(2);
  await vi.waitFor(() => expect(replicas.map(({ served }) => served)).toEqual([2, 2]), {
    timeout: recoveryMs,
  });
  expect(pool.rateShares).toHaveLength(2);
});

/** Has every replica read, and none of them serve anything but this generation. */
async function allServe(generation: number): Promise<void> {
  const read = await Promise.all(replicas.map((replica) => replica.generation()));
  expect(read).toEqual(replicas.map(() => generation));
}

/** What the sessions that are open were told is not changed, and so they are ended. */
async function makeReadOnly(is: boolean): Promise<void> {
  await database.client.query('set default_transaction_read_only = off');
  const { rows } = await database.client.query('select current_database() as name');
  await database.client.query(
    `alter database ${rows[0].name} set default_transaction_read_only = ${is ? 'on' : 'off'}`,
  );
  await database.client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`,
  );
}

function start(clock: Clock = systemClock): Replica {
  const replica = new Replica(`replica ${replicas.length}`, clock);
  replicas.push(replica);
  return replica;
}

function skewed(offset: number): Clock {
  return { ...systemClock, now: () => systemClock.now() + offset };
}

/** A gateway's store of the pool, and a checker that looks at what it serves all the time. */
class Replica {
  readonly store: SnapshotStore;
  /** What it has served that it must not. */
  readonly failures: string[] = [];
  readonly #observations: Observation[] = [];
  readonly #place: PostgresPlace;
  readonly #watching: NodeJS.Timeout;
  #newest = 0;

  constructor(name: string, clock: Clock) {
    this.#place = new PostgresPlace({ connection: { connectionString: database.url }, logged: false });
    this.store = new SnapshotStore({
      source: pool.source(),
      server: 'pool',
      object: 'users',
      needs: 'all',
      maxAgeMs: 60_000,
      staleWhileRevalidateMs: 600_000,
      scanTimeoutMs: 20_000,
      minRefreshMs: 0,
      observe: (observation) => this.#observations.push(observation),
      clock,
      sharing: { place: this.#place, key: undefined, holder: name, leaseMs: 1_000, pollMs: 100 },
    });
    this.#watching = setInterval(() => this.served, 3);
  }

  /** The generation that is served now; undefined before the first. */
  get served(): number | undefined {
    const read = this.store.tryRead();
    read?.release();
    return read && this.#check(read.snapshot);
  }

  async generation(options: { noCache?: boolean } = {}): Promise<number> {
    const read = await this.store.read(options);
    read.release();
    return this.#check(read.snapshot);
  }

  warnings(): string[] {
    return this.#observations.flatMap((seen) => (seen.event === 'sharing' ? [seen.message] : []));
  }

  async close(): Promise<void> {
    clearInterval(this.#watching);
    await this.store.close();
    await this.#place.close();
  }

  #check(snapshot: Snapshot): number {
    const { rowCount } = snapshot;
    const [first, last] = [0, rowCount - 1].map((row) => Number(snapshot.attribute(row, 'generation')));
    if (first !== last || rowCount !== rowsOf(Number(first))) {
      this.failures.push(`a torn snapshot: ${rowCount} rows of the generations ${first} and ${last}`);
    }
    if (Number(first) < this.#newest) this.failures.push(`${first} after ${this.#newest}`);
    this.#newest = Math.max(this.#newest, Number(first));
    return Number(first);
  }
}

/** A pool whose first and last user tell its generation, and whose size does, too. */
class ChangingPool {
  generation = 1;
  readonly rateShares: (number | undefined)[] = [];
  #gate: Promise<void> = Promise.resolve();
  #open: () => void = () => undefined;

  change(): void {
    this.generation += 1;
  }

  /** Lets no scan end. */
  hold(): void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  letGo(): void {
    this.#open();
  }

  source(): Source {
    const scan = (rateShare?: () => number) => this.#scan(rateShare);
    return {
      fields: [{ name: 'username', type: 'text' }],
      scan: (_signal, _onProgress, rateShare) => scan(rateShare),
      close: () => undefined,
    };
  }

  async *#scan(rateShare?: () => number): AsyncGenerator<readonly SourceRecord[]> {
    const { generation } = this;
    this.rateShares.push(rateShare?.());
    const rows = rowsOf(generation);
    yield Array.from({ length: rows }, (_, i): SourceRecord => {
      const isEnd = i === 0 || i === rows - 1;
      return {
        fields: [`user-${String(i).padStart(6, '0')}`],
        attributes: [['generation', String(isEnd ? generation : 0)]],
      };
    });
    await this.#gate;
  }
}

function rowsOf(generation: number): number {
  return 1_000 + generation;
}
