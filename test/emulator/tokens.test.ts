import { expect, test } from 'vitest';
import { Chain } from '../../src/emulator/chain.ts';
import { ChainBook } from '../../src/emulator/chain-book.ts';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { parseFilter } from '../../src/emulator/filter.ts';
import { LivePool } from '../../src/emulator/live-pool.ts';
import { clientFor, listPage, plainUsers, poolId, startForTest } from './pool-client.ts';

const refused = { name: 'InvalidParameterException' };

test.each([
  ['another Limit', { Limit: 11 }],
  ['no Limit', { Limit: undefined }],
  ['a Filter', { Filter: 'sub ^= "0"' }],
  ['AttributesToGet', { AttributesToGet: ['sub'] }],
])('a token is refused with %s', async (_, other) => {
  const emulator = await startForTest(plainUsers(50));
  const client = clientFor(emulator.url);
  const { PaginationToken } = await listPage(client, { Limit: 10 });
  await expect(listPage(client, { Limit: 10, ...other, PaginationToken })).rejects.toMatchObject(refused);
});

test('a token with a Filter is refused with another Filter', async () => {
  const emulator = await startForTest(plainUsers(50));
  const client = clientFor(emulator.url);
  const { PaginationToken } = await listPage(client, { Limit: 1, Filter: 'sub ^= "1"' });
  const other = { Limit: 1, Filter: 'sub ^= "2"', PaginationToken };
  await expect(listPage(client, other)).rejects.toMatchObject(refused);
});

test('a token is refused by another pool', async () => {
  const pools = new Map([
    [poolId, plainUsers(50)],
    ['us-east-1_Other', plainUsers(50)],
  ]);
  const emulator = await startEmulator({ pools });
  const client = clientFor(emulator.url);
  const { PaginationToken } = await listPage(client, { Limit: 10 });
  const other = { Limit: 10, PaginationToken, UserPoolId: 'us-east-1_Other' };
  await expect(listPage(client, other)).rejects.toMatchObject(refused);
  await emulator.close();
});

test('a token is refused by another emulator', async () => {
  const one = await startForTest(plainUsers(50));
  const other = await startForTest(plainUsers(50));
  const { PaginationToken } = await listPage(clientFor(one.url), { Limit: 10 });
  const next = { Limit: 10, PaginationToken };
  await expect(listPage(clientFor(other.url), next)).rejects.toMatchObject(refused);
});

test.each([
  ['changed', (token: string) => `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`],
  ['cut', (token: string) => token.slice(0, 10)],
  ['empty', () => ''],
  ['made up', () => 'token'],
  ['not ASCII', () => 'жетон'],
])('a token that is %s is refused', async (_, change) => {
  const emulator = await startForTest(plainUsers(50));
  const client = clientFor(emulator.url);
  const { PaginationToken = '' } = await listPage(client, { Limit: 10 });
  const next = { Limit: 10, PaginationToken: change(PaginationToken) };
  await expect(listPage(client, next)).rejects.toMatchObject(refused);
});

test('a token can be used again, for the same page', async () => {
  const emulator = await startForTest(plainUsers(50));
  const client = clientFor(emulator.url);
  const { PaginationToken } = await listPage(client, { Limit: 10 });
  const once = await listPage(client, { Limit: 10, PaginationToken });
  const again = await listPage(client, { Limit: 10, PaginationToken });
  expect(again.Users).toEqual(once.Users);
});

test('two scans at once do not disturb each other', async () => {
  const emulator = await startForTest(plainUsers(40));
  const client = clientFor(emulator.url);
  const seen: [string[], string[]] = [[], []];
  const tokens: (string | undefined)[] = [undefined, undefined];
  for (let page = 0; page < 4; page++) {
    for (const [scan, usernames] of seen.entries()) {
      const token = tokens[scan];
      const answer = await listPage(client, { Limit: 10, ...(token && { PaginationToken: token }) });
      tokens[scan] = answer.PaginationToken;
      usernames.push(...(answer.Users ?? []).map((user) => user.Username ?? ''));
    }
  }
  expect(tokens).toEqual([undefined, undefined]);
  for (const usernames of seen) expect(new Set(usernames).size).toBe(40);
});

/** Opens scans one after another, and says which of them can still go on. */
function surviving(book: ChainBook, count: number, filter: string | undefined): readonly boolean[] {
  const pool = new LivePool(plainUsers(10));
  const parameters = { poolId, limit: 10, filter, attributesToGet: undefined };
  const chains = Array.from(
    { length: count },
    () => new Chain(parameters, pool, filter === undefined ? undefined : parseFilter(filter), 1),
  );
  for (const chain of chains) book.open(chain);
  return chains.map((chain) => {
    const token = book.tokenFor({ chain, place: 3, page: 1 });
    try {
      return book.find(token, parameters).chain === chain;
    } catch {
      return false;
    }
  });
}

test('the oldest of too many scans is forgotten', () => {
  expect(surviving(new ChainBook(3, 1000), 4, undefined)).toEqual([false, true, true, true]);
});

test('the oldest of scans that remember too much is forgotten', () => {
  // Each remembers the ten users that match.
  expect(surviving(new ChainBook(100, 20), 4, 'username ^= "user"')).toEqual([false, false, true, true]);
});

test('a scan that alone exceeds the memory continues', () => {
  expect(surviving(new ChainBook(100, 5), 2, 'username ^= "user"')).toEqual([false, true]);
});
