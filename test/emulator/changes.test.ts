import fc from 'fast-check';
import { expect, test } from 'vitest';
import { permuted } from '../../src/emulator/random.ts';
import type { PoolUser } from '../../src/emulator/user.ts';
import {
  clientFor,
  plainUser,
  plainUsers,
  poolId,
  scanPages,
  scanUsernames,
  startForTest,
} from './pool-client.ts';

test('users deleted before their page are not returned, and no others are lost', async () => {
  const emulator = await startForTest(plainUsers(100));
  const pool = emulator.pool(poolId);
  const seen = new Set<string | undefined>();
  const deleted = new Set<string | undefined>();
  const pages = await scanPages(clientFor(emulator.url), { Limit: 10 }, (count) => {
    if (count === 3) for (const user of pool.splice(20, 30)) deleted.add(user.Username);
  });
  for (const user of pages.slice(0, 3).flat()) seen.add(user.Username);
  const after = pages
    .slice(3)
    .flat()
    .map((user) => user.Username);
  expect(after.filter((username) => deleted.has(username))).toEqual([]);
  for (const username of after) seen.add(username);
  expect(pool.filter((user) => !seen.has(user.Username))).toEqual([]);
});

test('users added during a scan come at its end', async () => {
  const emulator = await startForTest(plainUsers(20));
  const pages = await scanPages(clientFor(emulator.url), { Limit: 10 }, (count) => {
    if (count === 1) emulator.pool(poolId).unshift(plainUser(100), plainUser(101));
  });
  expect(pages).toHaveLength(3);
  expect(pages[2]?.map((user) => user.Username)).toEqual(['user100', 'user101']);
});

test('users added during a scan with a Filter are returned if they match', async () => {
  const emulator = await startForTest(plainUsers(64));
  const pages = await scanPages(clientFor(emulator.url), { Limit: 3, Filter: 'sub ^= "1"' }, (count) => {
    if (count === 1) emulator.pool(poolId).push(plainUser(1601), plainUser(1602));
  });
  expect(pages.flat().map((user) => user.Username)).toContain('user1601');
  expect(pages.flat()).toHaveLength(5);
});

test('a user changed during a scan comes once, as changed', async () => {
  const emulator = await startForTest(plainUsers(30));
  const pool = emulator.pool(poolId);
  const pages = await scanPages(clientFor(emulator.url), { Limit: 10 }, (count) => {
    if (count > 1) return;
    for (const [index, user] of pool.entries()) pool[index] = { ...user, UserStatus: 'ARCHIVED' };
  });
  expect(new Set(pages.flat().map((user) => user.Username)).size).toBe(30);
  expect(pages.flat()).toHaveLength(30);
  expect(
    pages
      .slice(1)
      .flat()
      .every((user) => user.UserStatus === 'ARCHIVED'),
  ).toBe(true);
});

test('a pool is an array like any other', async () => {
  const emulator = await startForTest(plainUsers(5));
  const pool = emulator.pool(poolId);
  pool.pop();
  pool.shift();
  pool.reverse();
  pool.push(plainUser(9));
  expect(pool.map((user) => user.Username)).toEqual(['user3', 'user2', 'user1', 'user9']);
  expect((await scanUsernames(clientFor(emulator.url))).sort()).toEqual(['user1', 'user2', 'user3', 'user9']);
});

test('the array that an emulator is started with stays as it is', async () => {
  const users = plainUsers(5);
  const emulator = await startForTest(users);
  emulator.pool(poolId).length = 0;
  expect(users).toHaveLength(5);
});

test('a pool that does not exist has no users to change', async () => {
  const emulator = await startForTest([]);
  expect(() => emulator.pool('us-east-1_Absent')).toThrow(
    'there is no pool us-east-1_Absent, only us-east-1_Test',
  );
});

/** One change of a pool; numbers pick users or places. */
type Change = readonly [kind: 'delete' | 'add' | 'readd' | 'update' | 'sort' | 'reverse', number: number];

function change(pool: PoolUser[], deleted: PoolUser[], [kind, number]: Change, next: () => PoolUser): void {
  const index = pool.length > 0 ? number % pool.length : 0;
  const user = pool[index];
  if (kind === 'delete') deleted.push(...pool.splice(index, 1));
  else if (kind === 'add') pool.splice(index, 0, next());
  else if (kind === 'readd') pool.push(...deleted.splice(0, 1));
  else if (kind === 'update' && user) pool[index] = { ...user, Enabled: !user.Enabled };
  else if (kind === 'sort') pool.sort((one, other) => (one.Username < other.Username ? -1 : 1));
  else if (kind === 'reverse') pool.reverse();
}

test('whatever changes during a scan, no user is returned twice and none that stayed is lost', async () => {
  const emulator = await startForTest([]);
  const client = clientFor(emulator.url);
  const pool = emulator.pool(poolId);
  const kinds = fc.constantFrom<Change[0]>('delete', 'add', 'readd', 'update', 'sort', 'reverse');
  const runs = fc.record({
    count: fc.integer({ min: 0, max: 40 }),
    limit: fc.integer({ min: 3, max: 12 }),
    filter: fc.constantFrom(undefined, 'sub ^= "1"', 'username ^= "user"'),
    changes: fc.array(fc.array(fc.tuple(kinds, fc.nat(1000)), { maxLength: 6 }), { maxLength: 10 }),
  });
  let added = 1000;
  await fc.assert(
    fc.asyncProperty(runs, async ({ count, limit, filter, changes }) => {
      pool.splice(0, pool.length, ...plainUsers(count));
      const stayed = new Set(pool.map((user) => user.Username));
      const deleted: PoolUser[] = [];
      const input = { Limit: limit, ...(filter && { Filter: filter }) };
      const pages = await scanPages(client, input, (number) => {
        for (const item of changes[number - 1] ?? []) change(pool, deleted, item, () => plainUser(added++));
        for (const user of deleted) stayed.delete(user.Username);
      });
      const usernames = pages.flat().map((user) => user.Username);
      expect(new Set(usernames).size).toBe(usernames.length);
      const expected = pool.filter(
        (user) =>
          stayed.has(user.Username) && (filter !== 'sub ^= "1"' || Number(user.Username.slice(4)) % 16 === 1),
      );
      expect(expected.filter((user) => !usernames.includes(user.Username))).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

test('every place of a shuffled pool belongs to one user', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer(), (size, seed) => {
      const items = Array.from({ length: size }, (_, index) => permuted(index, size, seed));
      expect(new Set(items).size).toBe(size);
      expect(Math.max(...items)).toBe(size - 1);
      expect(Math.min(...items)).toBe(0);
    }),
    { numRuns: 50 },
  );
});
