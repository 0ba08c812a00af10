import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTokenBucket } from '../../../src/source/cognito/token-bucket.ts';
import {
  connect,
  makeSubscribers,
  openSockets,
  rejectionOf,
  scanAll,
  startPool,
  untilSocketsAre,
} from './pool.ts';
import { startScriptedPool } from './scripted-pool.ts';

const stopped = new Error('stopped');
let rejections: unknown[];
const note = (reason: unknown) => rejections.push(reason);

beforeEach(() => {
  rejections = [];
  process.on('unhandledRejection', note);
});

afterEach(async () => {
  await new Promise(setImmediate);
  process.off('unhandledRejection', note);
  expect(rejections).toEqual([]);
});

describe.each([1, 16])('a scan in %i chains that is cancelled', (parallelScan) => {
  test('before it begins sends nothing', async () => {
    const pool = await startPool(makeSubscribers(100));
    const source = connect(pool.url, { parallelScan });
    expect(await rejectionOf(scanAll(source, () => {}, AbortSignal.abort(stopped)))).toBe(stopped);
    expect(pool.requests).toEqual([]);
  });

  test('while the pool is silent ends at once and closes its connections', async () => {
    const pool = await startScriptedPool(() => new Promise(() => {}));
    const sockets = openSockets();
    const stop = new AbortController();
    const source = connect(pool.url, { parallelScan, retry: { requestTimeoutMs: 60_000 } });
    const ending = rejectionOf(scanAll(source, () => {}, stop.signal));
    while (pool.requests.length === 0) await new Promise(setImmediate);
    expect(openSockets()).toBeGreaterThan(sockets);
    stop.abort(stopped);
    expect(await ending).toBe(stopped);
    await untilSocketsAre(sockets);
  });

  test('in the middle of a body ends at once and closes its connections', async () => {
    const pool = await startPool(makeSubscribers(100), { faults: { stalledBody: 1 } });
    const sockets = openSockets();
    const stop = new AbortController();
    const source = connect(pool.url, { parallelScan, retry: { requestTimeoutMs: 60_000 } });
    const ending = rejectionOf(scanAll(source, () => {}, stop.signal));
    while (pool.requests.length === 0) await new Promise(setImmediate);
    stop.abort(stopped);
    expect(await ending).toBe(stopped);
    await untilSocketsAre(sockets);
  });

  test('while it waits for its turn ends at once', async () => {
    const pool = await startPool(makeSubscribers(1_000));
    const stop = new AbortController();
    const bucket = createTokenBucket({ requestsPerSecond: 0.01 });
    const ending = rejectionOf(scanAll(connect(pool.url, { parallelScan, bucket }), () => {}, stop.signal));
    while (pool.requests.length === 0) await new Promise(setImmediate);
    stop.abort(stopped);
    expect(await ending).toBe(stopped);
  });

  test('while the consumer is busy closes its connections, and sends nothing more', async () => {
    const pool = await startPool(makeSubscribers(5_000), { latencyMs: 5 });
    const sockets = openSockets();
    const stop = new AbortController();
    const iterator = connect(pool.url, { parallelScan })
      .scan(stop.signal, () => {})
      [Symbol.asyncIterator]();
    await iterator.next();
    stop.abort(stopped);
    await untilSocketsAre(sockets);
    const sent = pool.requests.length;
    expect(await rejectionOf(Promise.resolve(iterator.next()))).toBe(stopped);
    expect(pool.requests).toHaveLength(sent);
  });

  test('by its consumer closes its connections', async () => {
    const pool = await startPool(makeSubscribers(5_000), { latencyMs: 5 });
    const sockets = openSockets();
    for await (const page of connect(pool.url, { parallelScan }).scan(
      new AbortController().signal,
      () => {},
    )) {
      expect(page.length).toBeGreaterThan(0);
      break;
    }
    await untilSocketsAre(sockets);
  });
});

describe('a scan that is over leaves no connection behind', () => {
  test('after its last page', async () => {
    const pool = await startPool(makeSubscribers(500));
    const sockets = openSockets();
    await scanAll(connect(pool.url, { parallelScan: 16 }));
    await untilSocketsAre(sockets);
  });

  test('after an error', async () => {
    const pool = await startPool(makeSubscribers(500), {
      latencyMs: 5,
      faults: { revokeCredentials: { after: 10 } },
    });
    const sockets = openSockets();
    expect(await rejectionOf(scanAll(connect(pool.url, { parallelScan: 16 })))).toMatchObject({
      code: 'SCAN_DENIED',
    });
    await untilSocketsAre(sockets);
  });
});
