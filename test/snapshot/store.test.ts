import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ScanError } from '../../src/errors.ts';
import type { Observation } from '../../src/observation.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import type { ReadOptions } from '../../src/snapshot/snapshot-read.ts';
import { SnapshotStore } from '../../src/snapshot/store.ts';
import type { SnapshotStoreOptions } from '../../src/snapshot/store-definition.ts';
import { FakeClock, settle } from './fake-clock.ts';
import { FakeSource } from './fake-source.ts';

const second = 1_000;
const minute = 60 * second;

let clock: FakeClock;
let source: FakeSource;
let observations: Observation[];
let store: SnapshotStore;

beforeEach(() => {
  clock = new FakeClock();
  source = new FakeSource();
  observations = [];
  store = createStore({});
});

afterEach(async () => {
  await store.close();
  expect(source.scans.every((scan) => scan.ended)).toBe(true);
  expect(clock.sleepers).toBe(0);
});

describe('scans without a request', () => {
  test('a first scan that fails is retried until there is a snapshot', async () => {
    store.keepScanned(undefined);
    await settle();
    source.latest.fail(new ScanError('SCAN_UNAVAILABLE', 'away'));
    await settle();
    await clock.advance(minute);
    expect(source.scans).toHaveLength(2);
    source.latest.finish('a');
    await settle();
    await clock.advance(60 * minute);
    expect(source.scans).toHaveLength(2);
    expect(store.status().snapshot).toMatchObject({ rows: 1, freshness: 'expired' });
  });

  test('start at an interval, counted from the start of the last one', async () => {
    store.keepScanned(30 * second);
    await settle();
    await clock.advance(10 * second);
    source.latest.finish('a');
    await settle();
    expect(store.status().nextScanAt).toBe(clock.now() + 20 * second);
    await clock.advance(19 * second);
    expect(source.scans).toHaveLength(1);
    await clock.advance(second);
    expect(source.scans).toHaveLength(2);
    source.latest.finish('a', 'b');
    await settle();
    expect(await readNow()).toEqual(['fresh', 0]);
  });

  test('a refresh scans again although the snapshot is fresh, and is shown in the status', async () => {
    await scanned(0);
    store.refresh();
    await settle();
    source.latest.progress({ rows: 60, pages: 1, requests: 2, estimatedRows: 120 });
    expect(store.status()).toMatchObject({
      snapshot: { freshness: 'fresh' },
      scan: { startedAt: clock.now(), progress: { rows: 60, estimatedRows: 120 } },
    });
    source.latest.finish('a');
    await settle();
    expect(store.status().scan).toBeUndefined();
  });
});

describe('freshness', () => {
  test('the first read waits for a complete scan', async () => {
    const read = store.read();
    await settle();
    source.latest.page('b');
    source.latest.finish('a');
    const { snapshot, state } = await read;
    expect(identities(snapshot)).toEqual(['a', 'b']);
    expect(state).toBe('scanned');
  });

  test('a snapshot is fresh for max-age after its scan began', async () => {
    await scanned(10 * second);
    await clock.advance(49 * second);
    expect(await readNow()).toEqual(['fresh', 59 * second]);
    expect(source.scans).toHaveLength(1);
  });

  test('then it is served while one scan in the background replaces it', async () => {
    await scanned(0);
    await clock.advance(minute);
    expect(await readNow()).toEqual(['stale', minute]);
    expect(await readNow()).toEqual(['stale', minute]);
    await settle();
    expect(source.scans).toHaveLength(2);
    await clock.advance(second);
    source.latest.finish('new');
    await settle();
    expect(await readNow()).toEqual(['fresh', second]);
    expect(identities((await store.read()).snapshot)).toEqual(['new']);
  });

  test('after stale-while-revalidate a read waits for a new scan', async () => {
    await scanned(0);
    await clock.advance(11 * minute);
    const read = store.read();
    await settle();
    source.latest.finish('new');
    expect(await read).toMatchObject({ state: 'scanned', ageMs: 0 });
  });

  test('a snapshot whose scan took long is served as long as it takes to replace it', async () => {
    store = createStore({ scanTimeoutMs: 60 * minute });
    await scanned(12 * minute);
    expect(await readNow()).toEqual(['stale', 12 * minute]);
    await clock.advance(12 * minute);
    expect(await readNow()).toEqual(['stale', 24 * minute]);
    await settle();
    expect(source.scans).toHaveLength(2);
    source.latest.finish('new');
  });

  test('with max-age 0 every read starts a scan or joins one', async () => {
    store = createStore({ maxAgeMs: 0, staleWhileRevalidateMs: 0 });
    for (const round of [1, 2, 3]) {
      const reads = [store.read(), store.read()];
      await settle();
      expect(source.scans).toHaveLength(round);
      source.latest.finish(`round ${round}`);
      const results = await Promise.all(reads);
      expect(results.map(({ state }) => state)).toEqual(['scanned', 'joined']);
      expect(results.map(({ snapshot }) => identities(snapshot))).toEqual([
        [`round ${round}`],
        [`round ${round}`],
      ]);
      for (const { release } of results) release();
    }
  });

  test('a clock that was set back does not make a snapshot younger than its scan', async () => {
    await scanned(0);
    clock.setBack(minute);
    expect(await readNow()).toEqual(['fresh', 0]);
  });

  test('snapshots age even if the clock is set back', async () => {
    await scanned(0);
    clock.setBack(60 * minute);
    await clock.advance(30 * second);
    expect(await readNow()).toEqual(['fresh', 30 * second]);
    await clock.advance(minute);
    expect(await readNow()).toEqual(['stale', 90 * second]);
  });

  test('a clock that is set forward makes snapshots older, like suspending the machine', async () => {
    await scanned(0);
    clock.setBack(-2 * minute);
    expect(await readNow()).toEqual(['stale', 2 * minute]);
  });

  test('warming scans, unless a snapshot is fresh', async () => {
    store.keepScanned(undefined);
    await settle();
    source.latest.finish('a');
    await settle();
    store.keepScanned(undefined);
    await settle();
    expect(source.scans).toHaveLength(1);
    expect((await readNow())[0]).toBe('fresh');
  });
});

describe('no-cache', () => {
  test('waits for a new scan although a snapshot is fresh', async () => {
    await scanned(0);
    const read = store.read({ noCache: true });
    await settle();
    source.latest.finish('new');
    expect(identities((await read).snapshot)).toEqual(['new']);
    expect(source.scans).toHaveLength(2);
  });

  test('does not take an earlier scan: one scan follows it, for all who wait', async () => {
    const early = store.read();
    await settle();
    const late = [store.read({ noCache: true }), store.read({ noCache: true })];
    await settle();
    expect(source.scans).toHaveLength(1);
    source.latest.finish('before');
    expect(identities((await early).snapshot)).toEqual(['before']);
    await settle();
    expect(source.scans).toHaveLength(2);
    source.latest.finish('after');
    const results = await Promise.all(late);
    expect(results.map(({ snapshot }) => identities(snapshot))).toEqual([['after'], ['after']]);
    expect(results.map(({ state }) => state)).toEqual(['scanned', 'joined']);
  });

  test('fails with the error of a failed scan, because it is too early for another', async () => {
    const early = caught();
    await settle();
    const late = caught({ noCache: true });
    await settle();
    source.latest.fail(new ScanError('SCAN_THROTTLED', 'slow down'));
    expect(await early).toMatchObject({ code: 'SCAN_THROTTLED' });
    expect(await late).toMatchObject({ code: 'SCAN_THROTTLED' });
    expect(source.scans).toHaveLength(1);
  });
});

describe('no-cache twice within --min-refresh', () => {
  beforeEach(() => {
    store = createStore({ minRefreshMs: 5 * second });
  });

  test('makes the second wait for its time', async () => {
    await forced('first');
    await clock.advance(2 * second);
    const late = store.read({ noCache: true });
    await settle();
    expect(source.scans).toHaveLength(1);
    await clock.advance(3 * second);
    expect(source.scans).toHaveLength(2);
    source.latest.finish('second');
    expect(identities((await late).snapshot)).toEqual(['second']);
  });

  test('serves all who wait with one scan', async () => {
    await forced('first');
    const late = [];
    for (let i = 0; i < 4; i++) {
      late.push(store.read({ noCache: true }));
      await clock.advance(second);
    }
    await clock.advance(second);
    expect(source.scans).toHaveLength(2);
    source.latest.finish('second');
    const states = (await Promise.all(late)).map(({ state }) => state);
    expect(states).toEqual(['scanned', 'joined', 'joined', 'joined']);
  });

  test('counts from the start of a scan, however long it takes', async () => {
    const first = store.read({ noCache: true });
    await settle();
    await clock.advance(20 * second);
    const late = store.read({ noCache: true });
    source.latest.finish('first');
    await first;
    await settle();
    expect(source.scans).toHaveLength(2);
    source.latest.finish('second');
    expect(identities((await late).snapshot)).toEqual(['second']);
  });

  test('starts the waiting scan as soon as anybody needs one', async () => {
    store = createStore({ minRefreshMs: 5 * second, maxAgeMs: second, staleWhileRevalidateMs: 0 });
    await forced('first');
    await clock.advance(2 * second);
    const late = store.read({ noCache: true });
    const needed = store.read();
    await settle();
    expect(source.scans).toHaveLength(2);
    source.latest.finish('second');
    const results = await Promise.all([late, needed]);
    expect(results.map(({ snapshot }) => identities(snapshot))).toEqual([['second'], ['second']]);
  });

  async function forced(identity: string): Promise<void> {
    const read = store.read({ noCache: true });
    await settle();
    source.latest.finish(identity);
    (await read).release();
  }
});

describe('single flight', () => {
  test('a hundred simultaneous reads cause one scan', async () => {
    const reads = Array.from({ length: 100 }, () => store.read());
    await settle();
    expect(source.scans).toHaveLength(1);
    source.latest.finish('a');
    const results = await Promise.all(reads);
    expect(new Set(results.map(({ snapshot }) => snapshot)).size).toBe(1);
    expect(results.map(({ state }) => state)).toEqual(['scanned', ...Array(99).fill('joined')]);
  });

  test('a reader who leaves does not end the scan that others wait for', async () => {
    const leaving = new AbortController();
    const left = caught({ signal: leaving.signal });
    const other = store.read();
    await settle();
    leaving.abort(new Error('gone'));
    expect(await left).toMatchObject({ message: 'gone' });
    source.latest.finish('a');
    expect(identities((await other).snapshot)).toEqual(['a']);
    expect(source.scans).toHaveLength(1);
  });

  test('a scan continues although its only reader has left', async () => {
    const leaving = new AbortController();
    const left = caught({ signal: leaving.signal });
    await settle();
    leaving.abort(new Error('gone'));
    await left;
    source.latest.finish('a');
    await settle();
    expect((await readNow())[0]).toBe('fresh');
  });

  test('a reader who has already left does not start a scan', async () => {
    expect(await caught({ signal: AbortSignal.abort(new Error('gone')) })).toMatchObject({ message: 'gone' });
    await settle();
    expect(source.scans).toHaveLength(0);
  });
});

describe('a scan that takes long', () => {
  test('is reported as in progress after the scan timeout, with what it has done, and goes on', async () => {
    const read = caught();
    await settle();
    const progress = { rows: 120, pages: 2, requests: 3, throttles: 1, estimatedRows: 1000 };
    source.latest.progress(progress);
    await clock.advance(30 * second);
    expect(await read).toMatchObject({ code: 'SCAN_IN_PROGRESS', details: { progress } });
    expect(store.progress()).toEqual(progress);
    source.latest.finish('a');
    await settle();
    expect(store.progress()).toBeUndefined();
    expect(await readNow()).toEqual(['fresh', 30 * second]);
    expect(source.scans).toHaveLength(1);
  });

  test('serves those who waited even if it took longer than a snapshot is served', async () => {
    store = createStore({ scanTimeoutMs: 60 * minute });
    const read = store.read();
    await settle();
    await clock.advance(20 * minute);
    source.latest.finish('a');
    expect(await read).toMatchObject({ state: 'scanned', ageMs: 20 * minute });
  });

  test('is observed every few seconds', async () => {
    const read = store.read();
    await settle();
    for (let i = 0; i < 12; i++) {
      await clock.advance(second);
      source.latest.progress({ rows: i, pages: i });
    }
    source.latest.finish('a');
    await read;
    const progress = observations.filter(({ event }) => event === 'scan-progress');
    expect(progress).toEqual([
      expect.objectContaining({ server: 'pool', object: 'users', rows: 4 }),
      expect.objectContaining({ server: 'pool', object: 'users', rows: 9 }),
    ]);
    expect(observations.at(-1)).toMatchObject({ event: 'scan-finished', rows: 1, durationMs: 12 * second });
  });
});

describe('a scan that fails', () => {
  test('fails for everybody who waited, and is observed once', async () => {
    const reads = [caught(), caught()];
    await settle();
    source.latest.page('a');
    source.latest.fail(new ScanError('SCAN_DENIED', 'no access'));
    for (const error of await Promise.all(reads)) expect(error).toMatchObject({ code: 'SCAN_DENIED' });
    expect(observations).toEqual([
      {
        event: 'scan-failed',
        server: 'pool',
        object: 'users',
        errorId: expect.any(String),
        code: 'SCAN_DENIED',
        message: 'no access',
        durationMs: 0,
        rows: 0,
        pages: 0,
        requests: 0,
        throttles: 0,
      },
    ]);
  });

  test('tells readers only a sentence and the id of the log line', async () => {
    const read = caught();
    await settle();
    source.latest.fail(new ScanError('SCAN_DENIED', 'user pool eu-1_AbC must allow cognito-idp:ListUsers'));
    const failure = await read;
    expect(failure).toMatchObject({
      message: 'the gateway is not allowed to read the data from its service',
      details: { errorId: Reflect.get(observations[0] ?? {}, 'errorId') },
    });
    expect(Object.keys(Reflect.get(Object(failure), 'details'))).toEqual(['errorId']);
  });

  test('does not affect the old snapshot as long as that may be served', async () => {
    await scanned(0);
    await clock.advance(2 * minute);
    await failInBackground();
    expect(await readNow()).toEqual(['stale', 2 * minute]);
  });

  test('fails reads once the old snapshot may no longer be served', async () => {
    await scanned(0);
    await clock.advance(2 * minute);
    await failInBackground();
    await clock.advance(20 * minute);
    const read = caught();
    await settle();
    source.latest.fail(new ScanError('SCAN_UNAVAILABLE', 'unreachable'));
    expect(await read).toMatchObject({ code: 'SCAN_UNAVAILABLE' });
  });

  test('is not retried at once: readers get its error', async () => {
    await failNow();
    expect(await caught()).toMatchObject({ code: 'SCAN_UNAVAILABLE' });
    expect(await caught({ noCache: true })).toMatchObject({ code: 'SCAN_UNAVAILABLE' });
    expect(source.scans).toHaveLength(1);
  });

  test('is retried after a second, then after twice as long each time, at most a minute', async () => {
    for (const delay of [1, 2, 4, 8, 16, 32, 60, 60]) {
      await failNow();
      await clock.advance((delay * second) / 2 - 1);
      const scans = source.scans.length;
      await caught();
      expect(source.scans).toHaveLength(scans);
      await clock.advance((delay * second) / 2 + 1);
    }
  });

  test('is retried after a second if scans have succeeded since', async () => {
    await failNow();
    await clock.advance(second);
    (await scanned(0)).release();
    await clock.advance(20 * minute);
    await failNow();
    await clock.advance(second);
    (await scanned(0)).release();
  });

  test('reveals the message of an unexpected error only in the log', async () => {
    const read = caught();
    await settle();
    const error = new Error('password=secret');
    source.latest.fail(error);
    const failure = await read;
    expect(failure).toMatchObject({ code: 'SCAN_UNAVAILABLE', detail: 'the scan failed unexpectedly' });
    expect(failure).not.toHaveProperty('message', expect.stringContaining('secret'));
    expect(observations).toEqual([
      expect.objectContaining({ event: 'internal-error', error }),
      expect.objectContaining({ event: 'scan-failed', message: 'the scan failed unexpectedly' }),
    ]);
    expect(failure).toHaveProperty('details.errorId', Reflect.get(observations[0] ?? {}, 'errorId'));
  });

  test('fails if there are more rows than a snapshot may have, and the old one is served', async () => {
    await store.close();
    store = createStore({ maxSnapshotBytes: 1000 });
    await scanned(0);
    await clock.advance(2 * minute);
    await readNow();
    await settle();
    source.latest.finish(...Array.from({ length: 100 }, (_, i) => `user-${i}`));
    await settle();
    expect(observations.at(-1)).toMatchObject({
      event: 'scan-failed',
      code: 'SCAN_INVALID_RESPONSE',
      message: expect.stringContaining('1000 bytes (--max-snapshot-bytes)'),
    });
    expect(await readNow()).toEqual(['stale', 2 * minute]);
  });

  test('fails if a record does not have the fields of the source', async () => {
    const read = caught();
    await settle();
    source.latest.records([{ fields: [null, true, 0, null], attributes: [] }]);
    expect(await read).toMatchObject({ code: 'SCAN_INVALID_RESPONSE' });
  });
});

describe('two snapshots at most', () => {
  test('no scan starts while a replaced snapshot has readers', async () => {
    const reading = await scanned(0);
    await rescanned();
    const next = store.read({ noCache: true });
    await settle();
    expect(source.scans).toHaveLength(2);
    reading.release();
    await settle();
    expect(source.scans).toHaveLength(3);
    source.latest.finish('third');
    (await next).release();
  });

  test('but a scan does not wait for them longer than five seconds', async () => {
    await scanned(0);
    await rescanned();
    const next = store.read({ noCache: true });
    await settle();
    await clock.advance(5 * second);
    expect(source.scans).toHaveLength(3);
    source.latest.finish('third');
    await next;
  });

  test('a reader who leaves during a read no longer holds the snapshot', async () => {
    const leaving = new AbortController();
    await scanned(0, { signal: leaving.signal });
    await rescanned();
    const next = store.read({ noCache: true });
    await settle();
    expect(source.scans).toHaveLength(2);
    leaving.abort(new Error('gone'));
    await settle();
    expect(source.scans).toHaveLength(3);
    source.latest.finish('third');
    await next;
  });

  test('a reader who leaves just as the snapshot arrives does not hold it', async () => {
    const leaving = new AbortController();
    store = createStore({
      observe: ({ event }) => event === 'scan-finished' && leaving.abort(new Error('gone')),
    });
    const left = caught({ signal: leaving.signal });
    await settle();
    source.latest.finish('first');
    expect(await left).toMatchObject({ message: 'gone' });
    await rescanned();
    const next = store.read({ noCache: true });
    await settle();
    expect(source.scans).toHaveLength(3);
    source.latest.finish('third');
    await next;
  });

  test('releasing twice counts once', async () => {
    const first = await scanned(0);
    const second = await store.read();
    await rescanned();
    first.release();
    first.release();
    const next = store.read({ noCache: true });
    await settle();
    expect(source.scans).toHaveLength(2);
    second.release();
    await settle();
    source.latest.finish('third');
    await next;
  });
});

describe('closing', () => {
  test('aborts a running scan, waits for its end and closes the source', async () => {
    const read = caught();
    await settle();
    source.latest.page('a');
    await store.close();
    expect(source.latest).toMatchObject({ ended: true, signal: { aborted: true } });
    expect(await read).toMatchObject({ code: 'SCAN_UNAVAILABLE', detail: 'the gateway is stopping' });
    expect(source.closed).toBe(1);
    expect(observations).toEqual([]);
  });

  test('serves no partial snapshot even if the aborted source ends without an error', async () => {
    const read = caught();
    await settle();
    source.latest.page('a');
    source.latest.endsQuietly = true;
    await store.close();
    expect(await read).toMatchObject({ detail: 'the gateway is stopping' });
  });

  test('ends the wait for a scan that has not started yet', async () => {
    const reads = [caught(), caught({ noCache: true })];
    await settle();
    await store.close();
    for (const error of await Promise.all(reads))
      expect(error).toMatchObject({ detail: 'the gateway is stopping' });
    expect(source.scans).toHaveLength(1);
  });

  test('rejects later reads, and closing again waits for the first', async () => {
    await Promise.all([store.close(), store.close()]);
    expect(await caught()).toMatchObject({ code: 'SCAN_UNAVAILABLE' });
    store.keepScanned(undefined);
    await settle();
    expect(source.scans).toHaveLength(0);
    expect(source.closed).toBe(1);
  });
});

function createStore(options: Partial<SnapshotStoreOptions>): SnapshotStore {
  return new SnapshotStore({
    source,
    server: 'pool',
    object: 'users',
    needs: 'all',
    maxAgeMs: minute,
    staleWhileRevalidateMs: 9 * minute,
    scanTimeoutMs: 30 * second,
    minRefreshMs: 0,
    observe: (observation) => observations.push(observation),
    clock,
    ...options,
  });
}

/** Reads while a scan runs to its end that takes this long. */
async function scanned(durationMs: number, options?: ReadOptions) {
  const read = store.read(options);
  await settle();
  await clock.advance(durationMs);
  source.latest.finish('old');
  return await read;
}

/** Replaces the snapshot. */
async function rescanned(): Promise<void> {
  const read = store.read({ noCache: true });
  await settle();
  source.latest.finish('second');
  (await read).release();
}

async function failNow(): Promise<void> {
  const read = caught();
  await settle();
  source.latest.fail(new ScanError('SCAN_UNAVAILABLE', 'unreachable'));
  await read;
}

async function failInBackground(): Promise<void> {
  (await store.read()).release();
  await settle();
  source.latest.fail(new ScanError('SCAN_UNAVAILABLE', 'unreachable'));
  await settle();
}

async function readNow(): Promise<[state: string, ageMs: number]> {
  const { state, ageMs, release } = await store.read();
  release();
  return [state, ageMs];
}

/** What a read fails with. */
async function caught(options?: ReadOptions): Promise<unknown> {
  try {
    await store.read(options);
  } catch (error) {
    return error;
  }
  throw new Error('the read must fail');
}

function identities(snapshot: Snapshot): (string | null)[] {
  const column = snapshot.column({ kind: 'field', field: 'username' });
  if (column?.encoding !== 'text') return [];
  return Array.from({ length: snapshot.rowCount }, (_, row) => column.get(row));
}
