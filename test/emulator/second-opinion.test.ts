import type { IncomingHttpHeaders } from 'node:http';
import type { UserType } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.ts';
import { demoUsers } from '../../src/emulator/population.ts';
import type { PoolUser } from '../../src/emulator/user.ts';
import { type CognitoLocal, startCognitoLocal } from './cognito-local.ts';
import { clientFor, listPage, poolId, scanPages } from './pool-client.ts';
import { sendRaw } from './raw-request.ts';

/** Whole seconds, because `cognito-local` sends no others. */
const users: readonly PoolUser[] = demoUsers(150).map((user) => ({
  ...user,
  UserCreateDate: Math.floor(user.UserCreateDate ?? 0),
  UserLastModifiedDate: Math.floor(user.UserLastModifiedDate ?? 0),
}));

let ours: Emulator;
let theirs: CognitoLocal;

beforeAll(async () => {
  ours = await startEmulator({ pools: new Map([[poolId, users]]) });
  theirs = await startCognitoLocal(poolId, users);
});

afterAll(async () => {
  await ours.close();
  await theirs.close();
});

/** Whole scans at both, in the order of usernames: `cognito-local` has no pages, and ours has an order per scan. */
async function scanBoth(filter: string | undefined): Promise<readonly [UserType[], UserType[]]> {
  const input = filter === undefined ? {} : { Filter: filter };
  const scan = async (url: string) =>
    (await scanPages(clientFor(url), input))
      .flat()
      .sort((one, other) => ((one.Username ?? '') < (other.Username ?? '') ? -1 : 1));
  return [await scan(ours.url), await scan(theirs.url)];
}

test('the SDK reads the same users from both', async () => {
  const [ourUsers, theirUsers] = await scanBoth(undefined);
  expect(ourUsers).toHaveLength(150);
  expect(ourUsers).toEqual(theirUsers);
});

test.each([
  'sub ^= "a"',
  'username = "alice"',
  'username ^= "google_"',
  'email = "alice@example.com"',
  'phone_number ^= "+44"',
  'given_name ^= "J"',
  'cognito:user_status = "unconfirmed"',
])('both find the same users by %s', async (filter) => {
  const [ourUsers, theirUsers] = await scanBoth(filter);
  expect(ourUsers.length).toBeGreaterThan(0);
  expect(ourUsers).toEqual(theirUsers);
});

test.each([
  ['a pool that does not exist', { UserPoolId: 'us-east-1_Absent' }],
  ['a filter that is none', { Filter: 'email' }],
  ['a filter by what cannot be searched', { Filter: 'custom:plan = "pro"' }],
])('both refuse %s with the same error', async (_, input) => {
  const error = (url: string) =>
    listPage(clientFor(url), input).then(
      () => 'a page',
      (reason: unknown) => (reason instanceof Error ? reason.name : 'no error'),
    );
  expect(await error(ours.url)).toMatch(/Exception$/);
  expect(await error(ours.url)).toBe(await error(theirs.url));
});

test('both send the same members of a page, of the same types', async () => {
  const body = JSON.stringify({ UserPoolId: poolId, Filter: 'username = "alice"', Limit: 60 });
  const [our, their] = [await sendRaw(ours.url, { body }), await sendRaw(theirs.url, { body })];
  expect(our.body).toEqual(their.body);
  expect(our.status).toBe(their.status);
  expect(mediaType(our.headers)).toBe(mediaType(their.headers));
});

function mediaType(headers: IncomingHttpHeaders): string | undefined {
  return headers['content-type']?.split(';')[0];
}
