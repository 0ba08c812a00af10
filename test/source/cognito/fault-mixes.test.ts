import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Faults, type PoolUser, startEmulator } from '../../../src/emulator/emulator.ts';
import { ScanError } from '../../../src/errors.ts';
import { createCognitoSource } from '../../../src/source/cognito/source.ts';
import { createTokenBucket } from '../../../src/source/cognito/token-bucket.ts';
import type { SourceRecord } from '../../../src/source/source.ts';
import {
  makeSubscribers,
  openSockets,
  poolId,
  recordOf,
  scanAll,
  serverAt,
  sorted,
  untilSocketsAre,
} from './pool.ts';

const share = fc.constantFrom(0, 0, 0.05, 0.1);

/** Faults of every kind, each on or off, of which a scan can survive most mixes. */
const faultMix = fc.record({
  seed: fc.nat(),
  throttle: fc.constantFrom(0, 0.2),
  internalError: share,
  reset: share,
  stalledBody: fc.constantFrom(0, 0, 0.03),
  truncatedBody: share,
  malformedJson: share,
  slow: fc.constantFrom(undefined, { probability: 0.03, delayMs: 300 }),
  drippingBody: fc.constantFrom(undefined, { probability: 0.03, overMs: 300 }),
  shortPages: fc.constantFrom(0, 0.5),
  emptyPages: fc.constantFrom(undefined, { every: 3, run: 2 }, { every: 5, run: 50 }),
  repeatedUsers: fc.constantFrom(0, 0.5),
  refuseTokens: fc.constantFrom(undefined, { after: 2, times: 3 }, { after: 1, times: 100 }),
  revokeCredentials: fc.constantFrom(undefined, undefined, undefined, { after: 10 }),
});

test('whatever goes wrong, the result is exactly the users of the pool or a coded error', async () => {
  const sockets = openSockets();
  let complete = 0;
  const chains = fc.constantFrom(1, 2, 16, 32);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 400 }), chains, faultMix, async (count, parallelScan, mix) => {
      const users = makeSubscribers(count);
      const outcome = await scanOnce(users, parallelScan, mix);
      if ('records' in outcome) {
        expect(sorted(outcome.records)).toEqual(sorted(users.map(recordOf)));
        complete += 1;
      } else {
        expect(outcome.error).toBeInstanceOf(ScanError);
      }
      await untilSocketsAre(sockets);
    }),
    { numRuns: 20, endOnFailure: true },
  );
  expect(complete).toBeGreaterThan(0);
}, 180_000);

async function scanOnce(
  users: readonly PoolUser[],
  parallelScan: number,
  mix: { readonly [fault in keyof Faults]: Faults[fault] | undefined },
): Promise<{ records: SourceRecord[] } | { error: unknown }> {
  const faults = Object.fromEntries(Object.entries(mix).filter(([, value]) => value !== undefined));
  const emulator = await startEmulator({ pools: new Map([[poolId, users]]), faults });
  const source = createCognitoSource({
    server: serverAt(emulator.url),
    resolveSecret: () => Promise.reject(new Error('there is no secret')),
    bucket: createTokenBucket({ requestsPerSecond: 10_000 }),
    parallelScan,
    retry: {
      requestTimeoutMs: 100,
      firstAttempts: 8,
      attempts: 8,
      throttlePatienceMs: 2_000,
      baseDelayMs: 1,
      maxDelayMs: 5,
    },
  });
  try {
    return { records: await scanAll(source) };
  } catch (error) {
    return { error };
  } finally {
    source.close();
    await emulator.close();
  }
}
