import { DescribeUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { Quota } from '../../src/emulator/quota.ts';
import { clientFor, listPage, plainUsers, poolId, startForTest } from './pool-client.ts';

test('a request is admitted if and only if fewer than the ceiling were in the second before', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 80 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), gaps, (ceiling, gapsMs) => {
      const quota = new Quota(ceiling);
      const admitted: number[] = [];
      let now = 0;
      for (const gap of gapsMs) {
        now += gap;
        const before = admitted.filter((at) => now - at < 1000).length;
        const isAdmitted = quota.admit(now);
        expect(isAdmitted).toBe(before < ceiling);
        if (isAdmitted) admitted.push(now);
      }
    }),
  );
});

test('requests above the ceiling are throttled, over all pools together', async () => {
  const ids = [poolId, 'us-east-1_Other'];
  const emulator = await startEmulator({
    pools: new Map(ids.map((id) => [id, plainUsers(3)])),
    requestsPerSecond: 4,
  });
  const client = clientFor(emulator.url);
  await Promise.allSettled(
    Array.from({ length: 24 }, (_, index) => listPage(client, { UserPoolId: ids[index % 2] })),
  );
  await emulator.close();
  const answered = emulator.requests.filter((request) => request.outcome === 'page');
  const throttled = emulator.requests.filter((request) => request.outcome === 'throttled');
  expect(answered.length + throttled.length).toBe(24);
  for (const { at } of throttled) {
    expect(answered.filter((page) => page.at <= at && at - page.at < 1000)).toHaveLength(4);
  }
  for (const { at } of answered) {
    expect(answered.filter((page) => page.at >= at && page.at - at < 1000).length).toBeLessThanOrEqual(4);
  }
});

test('the limit applies to ListUsers only', async () => {
  const emulator = await startForTest(plainUsers(3), { requestsPerSecond: 1 });
  const client = clientFor(emulator.url);
  for (let request = 0; request < 5; request++) {
    await client.send(new DescribeUserPoolCommand({ UserPoolId: poolId }));
  }
  expect((await listPage(client)).Users).toHaveLength(3);
});

test.each([0, -1, 1.5, Number.NaN])('a ceiling of %d is refused', async (requestsPerSecond) => {
  await expect(startEmulator({ pools: new Map(), requestsPerSecond })).rejects.toThrow(
    `requestsPerSecond must be a whole number from 1, but got ${requestsPerSecond}`,
  );
});
