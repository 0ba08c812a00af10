import { afterEach, beforeEach, expect, test } from 'vitest';
import { SnapshotBuilder } from '../../../src/snapshot/builder.ts';
import type { SnapshotFiles, SnapshotOwner } from '../../../src/snapshot/file/snapshot-files.ts';
import type { ColumnarSnapshot } from '../../../src/snapshot/snapshot.ts';
import { SnapshotStore } from '../../../src/snapshot/store.ts';
import { FakeClock, settle } from '../fake-clock.ts';
import { FakeSource } from '../fake-source.ts';
import { fields } from '../records.ts';

const second = 1_000;
const minute = 60 * second;

/** Keeps one snapshot in memory. */
class FakeFiles implements SnapshotFiles {
  kept: ColumnarSnapshot | undefined;
  owners: SnapshotOwner[] = [];
  /** Why the snapshot was not loaded. */
  reason: string | undefined;
  /** Delays every load and save until it is resolved. */
  ready: Promise<void> = Promise.resolve();

  async load(owner: SnapshotOwner, whyUnusable: (snapshot: ColumnarSnapshot) => string | undefined) {
    this.owners.push(owner);
    await this.ready;
    this.reason = this.kept && whyUnusable(this.kept);
    return this.reason === undefined ? this.kept : undefined;
  }

  async save(owner: SnapshotOwner, snapshot: ColumnarSnapshot) {
    this.owners.push(owner);
    await this.ready;
    this.kept = snapshot;
  }
}

let clock: FakeClock;
let source: FakeSource;
let files: FakeFiles;
let store: SnapshotStore;

beforeEach(() => {
  clock = new FakeClock();
  source = new FakeSource();
  files = new FakeFiles();
  store = new SnapshotStore({
    source,
    server: 'pool',
    object: 'users',
    needs: 'all',
    maxAgeMs: minute,
    staleWhileRevalidateMs: 9 * minute,
    scanTimeoutMs: 30 * second,
    minRefreshMs: 5 * second,
    observe: () => undefined,
    files,
    clock,
  });
});

afterEach(() => store.close());

test('a kept snapshot is served after a start, with its true age and no scan', async () => {
  await keep(50 * second);
  expect(await store.read()).toMatchObject({ state: 'fresh', ageMs: 50 * second });
  expect(source.scans).toHaveLength(0);
});

test('a kept snapshot that is stale is served while a scan replaces it', async () => {
  await keep(5 * minute);
  expect(await store.read()).toMatchObject({ state: 'stale', ageMs: 5 * minute });
  await settle();
  expect(source.scans).toHaveLength(1);
});

test('a kept snapshot that is too old to be served is not', async () => {
  await keep(11 * minute);
  const read = store.read();
  await settle();
  expect(files.reason).toBe('is too old');
  source.latest.finish('new');
  expect(await read).toMatchObject({ state: 'scanned' });
});

test('a kept snapshot whose scan took long is served as long as it would be without a restart', async () => {
  await keep(29 * minute, { durationMs: 10 * minute });
  expect(await store.read()).toMatchObject({ state: 'stale', ageMs: 29 * minute });
});

test('a kept snapshot from the future is not served', async () => {
  await keep(-minute);
  const read = store.read();
  await settle();
  expect(files.reason).toBe('is from the future');
  source.latest.finish('new');
  expect(await read).toMatchObject({ state: 'scanned' });
});

test('no-cache waits for a scan although a kept snapshot is fresh', async () => {
  await keep(0);
  const read = store.read({ noCache: true });
  await settle();
  source.latest.finish('new');
  expect(await read).toMatchObject({ state: 'scanned' });
});

test('warming does not scan if a kept snapshot is fresh', async () => {
  await keep(0);
  store.keepScanned(undefined);
  await settle();
  expect(source.scans).toHaveLength(0);
});

test('the snapshot of every scan is kept', async () => {
  const read = store.read();
  await settle();
  source.latest.finish('a', 'b');
  const { snapshot } = await read;
  await settle();
  expect(files.kept).toBe(snapshot);
  expect(files.owners.at(-1)).toEqual({
    server: 'pool',
    object: 'users',
    origin: undefined,
    fields,
    needs: 'all',
  });
});

test('reads wait for a kept snapshot no longer than for a scan', async () => {
  const loading = hold();
  const read = store.read().catch((error: unknown) => error);
  await settle();
  await clock.advance(30 * second);
  expect(await read).toMatchObject({ code: 'SCAN_IN_PROGRESS' });
  loading.resolve();
});

test('closing waits until files have been written', async () => {
  const read = store.read();
  await settle();
  const writing = hold();
  source.latest.finish('a');
  await read;
  let closed = false;
  const close = store.close().then(() => {
    closed = true;
  });
  await settle();
  expect(closed).toBe(false);
  writing.resolve();
  await close;
  expect(files.kept?.rowCount).toBe(1);
});

/** A snapshot is kept whose scan began this long ago. */
async function keep(ageMs: number, { durationMs = 1 } = {}): Promise<void> {
  const builder = new SnapshotBuilder({ fields, needs: 'all' });
  builder.add([{ fields: ['kept', true, 0, null], attributes: [] }]);
  const startedAt = clock.now() - ageMs;
  files.kept = await builder.finish({ startedAt, pages: 1, requests: 1, throttles: 0, durationMs });
}

/** Holds up the files until it is resolved. */
function hold(): { resolve: () => void } {
  let resolve = () => {};
  files.ready = new Promise((ready) => {
    resolve = ready;
  });
  return { resolve: () => resolve() };
}
