import {
  CognitoIdentityProviderClient,
  ListUsersCommand,
  type ListUsersCommandInput,
  type ListUsersCommandOutput,
  type UserType,
} from '@aws-sdk/client-cognito-identity-provider';
import { onTestFinished } from 'vitest';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/emulator.ts';
import type { PoolUser } from '../../src/emulator/user.ts';

/** The pool that most tests have. */
export const poolId = 'us-east-1_Test';

/** Users `user0` to `user…`, whose `sub` begins with the digit of their number modulo 16. */
export function plainUsers(count: number): PoolUser[] {
  return Array.from({ length: count }, (_, number) => plainUser(number));
}

/** One user of `plainUsers`. */
export function plainUser(number: number): PoolUser {
  const tail = number.toString(16).padStart(12, '0');
  return {
    Username: `user${number}`,
    Attributes: [
      { Name: 'sub', Value: `${(number % 16).toString(16)}0000000-0000-4000-8000-${tail}` },
      { Name: 'email', Value: `user${number}@example.com` },
    ],
    UserCreateDate: 1_600_000_000 + number / 1000,
    UserLastModifiedDate: 1_700_000_000.123,
    Enabled: number % 3 > 0,
    UserStatus: number % 2 ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD',
  };
}

/** Starts an emulator that is closed when the test ends. */
export async function startForTest(
  users: readonly PoolUser[],
  options: Omit<EmulatorOptions, 'pools'> = {},
): Promise<Emulator> {
  const emulator = await startEmulator({ ...options, pools: new Map([[poolId, users]]) });
  onTestFinished(() => emulator.close());
  return emulator;
}

/** A client of the real SDK that does not retry, destroyed when the test ends. */
export function clientFor(endpoint: string, accessKeyId = 'AKIATEST'): CognitoIdentityProviderClient {
  const client = new CognitoIdentityProviderClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  return client;
}

/** Asks for one page. */
export function listPage(
  client: CognitoIdentityProviderClient,
  input: Partial<ListUsersCommandInput> = {},
): Promise<ListUsersCommandOutput> {
  return client.send(new ListUsersCommand({ UserPoolId: poolId, Limit: 60, ...input }));
}

/** The pages of one whole scan; `betweenPages` runs after each. */
export async function scanPages(
  client: CognitoIdentityProviderClient,
  input: Partial<ListUsersCommandInput> = {},
  betweenPages: (pages: number) => void = () => {},
): Promise<(readonly UserType[])[]> {
  const pages: (readonly UserType[])[] = [];
  let token: string | undefined;
  do {
    const page = await listPage(client, { ...input, ...(token && { PaginationToken: token }) });
    pages.push(page.Users ?? []);
    token = page.PaginationToken;
    betweenPages(pages.length);
  } while (token);
  return pages;
}

/** The usernames of one whole scan, in its order. */
export async function scanUsernames(
  client: CognitoIdentityProviderClient,
  input: Partial<ListUsersCommandInput> = {},
): Promise<(string | undefined)[]> {
  return (await scanPages(client, input)).flat().map((user) => user.Username);
}
