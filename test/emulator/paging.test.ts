import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Faults } from '../../src/emulator/faults.ts';
import {
  clientFor,
  listPage,
  plainUser,
  plainUsers,
  scanPages,
  scanUsernames,
  startForTest,
} from './pool-client.ts';

test('a page without Limit has 7 users', async () => {
  const emulator = await startForTest(plainUsers(20));
  const client = clientFor(emulator.url);
  expect((await listPage(client, { Limit: undefined })).Users).toHaveLength(7);
  expect((await listPage(client, { Limit: 0 })).Users).toHaveLength(7);
});

test('an empty pool has one empty page without a token', async () => {
  const emulator = await startForTest([]);
  const page = await listPage(clientFor(emulator.url));
  expect(page.Users).toEqual([]);
  expect(page.PaginationToken).toBeUndefined();
});

test('the last page has no token, even if it is full', async () => {
  const emulator = await startForTest(plainUsers(120));
  const pages = await scanPages(clientFor(emulator.url));
  expect(pages.map((page) => page.length)).toEqual([60, 60]);
});

test('the SDK reads a user as the pool has it', async () => {
  const emulator = await startForTest([plainUser(1)]);
  const page = await listPage(clientFor(emulator.url));
  expect(page.Users).toEqual([
    {
      Username: 'user1',
      Attributes: plainUser(1).Attributes,
      UserCreateDate: new Date(1_600_000_000_001),
      UserLastModifiedDate: new Date(1_700_000_000_123),
      Enabled: true,
      UserStatus: 'CONFIRMED',
    },
  ]);
});

test('two scans have the same users in different orders', async () => {
  const emulator = await startForTest(plainUsers(300));
  const client = clientFor(emulator.url);
  const first = await scanUsernames(client);
  const second = await scanUsernames(client);
  expect(second).not.toEqual(first);
  expect(second.sort()).toEqual(first.sort());
});

test('equal seeds give equal scans', async () => {
  const users = plainUsers(100);
  const one = await startForTest(users, { faults: { seed: 5, shortPages: 0.5 } });
  const other = await startForTest(users, { faults: { seed: 5, shortPages: 0.5 } });
  const pages = await scanPages(clientFor(one.url));
  expect(await scanPages(clientFor(other.url))).toEqual(pages);
});

test('any scan has every user exactly once, over short and empty pages', { timeout: 120_000 }, async () => {
  const emulator = await startForTest([]);
  const client = clientFor(emulator.url);
  const pool = emulator.pool('us-east-1_Test');
  const scans = fc.record({
    count: fc.integer({ min: 0, max: 90 }),
    limit: fc.integer({ min: 5, max: 60 }),
    faults: fc.record<Faults>({
      seed: fc.integer(),
      shortPages: fc.constantFrom(0, 0.3, 1),
      emptyPages: fc.record({ every: fc.integer({ min: 1, max: 4 }), run: fc.integer({ min: 0, max: 3 }) }),
    }),
  });
  await fc.assert(
    fc.asyncProperty(scans, async ({ count, limit, faults }) => {
      pool.length = 0;
      pool.push(...plainUsers(count));
      emulator.faults = faults;
      const pages = await scanPages(client, { Limit: limit });
      expect(Math.max(...pages.map((page) => page.length))).toBeLessThanOrEqual(limit);
      const usernames = pages.flat().map((user) => user.Username);
      expect(usernames.sort()).toEqual(pool.map((user) => user.Username).sort());
    }),
    { numRuns: 50 },
  );
});
