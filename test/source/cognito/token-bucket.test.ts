import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createTokenBucket,
  type TokenBucket,
  TokenBuckets,
} from '../../../src/source/cognito/token-bucket.ts';
import { InstantClock } from './instant-clock.ts';
import { rejectionOf, serverAt } from './pool.ts';

const never = new AbortController().signal;
setMaxListeners(0, never);

describe('a token bucket', () => {
  test('keeps every second of a long queue within the rate and a small burst', async () => {
    const times = await grantTimes(25, 500);
    for (const start of times) {
      const within = times.filter((time) => time >= start && time < start + 1000);
      expect(within.length).toBeLessThanOrEqual(28);
    }
  });

  test('admits what the rate allows, without loss over time', async () => {
    const times = await grantTimes(25, 500);
    expect(times.at(-1)).toBeLessThanOrEqual((500 / 25) * 1000);
  });

  test('keeps to any rate', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 300 }),
        async (rate, count) => {
          const times = await grantTimes(rate, count);
          const burst = Math.max(1, rate * 0.12);
          times.forEach((time, i) => {
            expect(i + 1).toBeLessThanOrEqual(burst + (time / 1000) * rate + 1e-6);
          });
        },
      ),
    );
  });

  test('serves requests in order', async () => {
    const bucket = createTokenBucket({ requestsPerSecond: 10, clock: new InstantClock() });
    const served: number[] = [];
    await Promise.all([0, 1, 2, 3, 4].map((i) => bucket.take(never).then(() => served.push(i))));
    expect(served).toEqual([0, 1, 2, 3, 4]);
  });

  test('skips requests that do not wait any longer', async () => {
    const bucket = createTokenBucket({ requestsPerSecond: 10, clock: new InstantClock() });
    const patience = new AbortController();
    await bucket.take(never);
    const impatient = rejectionOf(bucket.take(patience.signal));
    const next = bucket.take(never);
    patience.abort(new Error('enough'));
    expect(await impatient).toEqual(new Error('enough'));
    await next;
    expect(await rejectionOf(bucket.take(patience.signal))).toEqual(new Error('enough'));
  });

  test('slows down at a throttle, and once for throttles that come together', () => {
    const { bucket } = slowBucket();
    bucket.slowDown();
    const slowed = bucket.requestsPerSecond;
    bucket.slowDown();
    expect(slowed).toBeLessThan(25);
    expect(bucket.requestsPerSecond).toBe(slowed);
  });

  test('never slows down to nothing', () => {
    const { bucket, clock } = slowBucket();
    for (let i = 0; i < 100; i++) {
      bucket.slowDown();
      clock.pass(1000);
    }
    expect(bucket.requestsPerSecond).toBeGreaterThanOrEqual(10);
  });

  test('gets its rate back with time', () => {
    const { bucket, clock } = slowBucket();
    bucket.slowDown();
    clock.pass(1000);
    expect(bucket.requestsPerSecond).toBeLessThan(25);
    clock.pass(60_000);
    expect(bucket.requestsPerSecond).toBe(25);
  });
});

test('servers share a bucket if AWS counts their requests together', () => {
  const buckets = new TokenBuckets(25);
  const server = serverAt('http://one');
  const bucket = buckets.of(server);
  expect(buckets.of(serverAt('http://two', { userPoolId: 'us-east-1_Other' }))).toBe(bucket);
  expect(buckets.of({ ...server, region: 'eu-west-1' })).not.toBe(bucket);
  expect(buckets.of({ ...server, credentials: { kind: 'default-chain' } })).not.toBe(bucket);
});

function slowBucket(): { bucket: TokenBucket; clock: InstantClock } {
  const clock = new InstantClock();
  return { bucket: createTokenBucket({ requestsPerSecond: 25, clock }), clock };
}

/** When so many requests that are all there at the beginning are let through. */
async function grantTimes(requestsPerSecond: number, count: number): Promise<number[]> {
  const clock = new InstantClock();
  const bucket = createTokenBucket({ requestsPerSecond, clock });
  return Promise.all(Array.from({ length: count }, () => bucket.take(never).then(() => clock.now())));
}
