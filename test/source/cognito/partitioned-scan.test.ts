import { describe, expect, test } from 'vitest';
import { createCognitoSource } from '../../../src/source/cognito/source.ts';
import { createTokenBucket } from '../../../src/source/cognito/token-bucket.ts';
import { connect, makeSubscribers, recordOf, scanAll, serverAt, sorted, startPool } from './pool.ts';

describe('a partitioned scan', () => {
  test.each([2, 4, 8, 16, 32, 256])('into %i chains reads every user once', async (parallelScan) => {
    const users = makeSubscribers(700);
    const { url } = await startPool(users);
    expect(sorted(await scanAll(connect(url, { parallelScan })))).toEqual(sorted(users.map(recordOf)));
  });

  test('filters by sub, and keeps the filter for all pages of a chain', async () => {
    const pool = await startPool(makeSubscribers(300));
    await scanAll(connect(pool.url, { parallelScan: 2 }));
    for (const { operation, body } of pool.requests) {
      if (operation !== 'ListUsers') continue;
      expect(body).toMatchObject({ Limit: 60, Filter: expect.stringMatching(/^sub \^= "[0-9a-f]"$/) });
      expect(body).not.toHaveProperty('AttributesToGet');
    }
  });

  test('neither loses nor repeats a user of a pool that enforces 30 requests per second', async () => {
    const users = makeSubscribers(2_000);
    const pool = await startPool(users, { requestsPerSecond: 30, latencyMs: 20 });
    const bucket = createTokenBucket({ requestsPerSecond: 25 });
    const source = connect(pool.url, { parallelScan: 16, bucket });
    expect(sorted(await scanAll(source))).toEqual(sorted(users.map(recordOf)));
    expect(pool.requests.filter(({ outcome }) => outcome === 'throttled')).toHaveLength(0);
    expect(busiestSecond(pool.requests.map(({ at }) => at))).toBeLessThanOrEqual(30);
  });

  test('survives a bucket that is set above what the pool allows', async () => {
    const users = makeSubscribers(600);
    const pool = await startPool(users, { requestsPerSecond: 8 });
    const bucket = createTokenBucket({ requestsPerSecond: 600 });
    const source = connect(pool.url, {
      parallelScan: 16,
      bucket,
      retry: { baseDelayMs: 100, maxDelayMs: 1_000 },
    });
    expect(sorted(await scanAll(source))).toEqual(sorted(users.map(recordOf)));
    expect(pool.requests.filter(({ outcome }) => outcome === 'throttled').length).toBeGreaterThan(0);
  });

  test('restarts only the chain whose token is refused', async () => {
    const users = makeSubscribers(2_000);
    const pool = await startPool(users, { faults: { refuseTokens: { after: 1, times: 1 } } });
    expect(await scanAll(connect(pool.url, { parallelScan: 16 }))).toHaveLength(2_000);
    const beginnings = pool.requests.filter(({ body }) => body.Filter && !body.PaginationToken);
    expect(beginnings).toHaveLength(17);
  });

  test('refuses any other number of chains', () => {
    const server = serverAt('http://127.0.0.1:1');
    const bucket = createTokenBucket({ requestsPerSecond: 25 });
    const resolveSecret = () => Promise.resolve('');
    for (const parallelScan of [0, 3, 512, -1, 1.5, Number.NaN]) {
      expect(() => createCognitoSource({ server, bucket, resolveSecret, parallelScan })).toThrow(RangeError);
    }
  });
});

test('scans of two pools share the quota of their credentials', async () => {
  const users = makeSubscribers(900);
  const [one, two] = [await startPool(users), await startPool(users)];
  const bucket = createTokenBucket({ requestsPerSecond: 25 });
  await Promise.all([one, two].map(({ url }) => scanAll(connect(url, { bucket }))));
  expect(busiestSecond([...one.requests, ...two.requests].map(({ at }) => at))).toBeLessThanOrEqual(30);
});

/** The most requests in any one second. */
function busiestSecond(times: readonly number[]): number {
  return Math.max(...times.map((start) => times.filter((at) => at >= start && at < start + 1000).length));
}
