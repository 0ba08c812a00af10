import { SignJWT } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import type { GatewayOptions } from '../../src/gateway.ts';
import { cognitoServer, twoColumns } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
afterEach(() => gateway.close());

const secret = 'a secret of at least thirty-two bytes, for tests';
const token = async () =>
  `Bearer ${await new SignJWT({ role: 'postgres' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))}`;
const auth = { jwtSecret: secret, anonRole: 'postgres' };

/** How a request that forces a scan comes by its snapshot, after another has scanned. */
async function stateOf(options: Partial<GatewayOptions>, headers: Record<string, string> = {}) {
  gateway = await startGateway(`${cognitoServer} ${twoColumns}`, demoUsers(3), {
    minRefreshMs: 0,
    ...options,
  });
  const query = '{ cognito_usersCollection { totalCount } }';
  await gateway.query(query);
  const forcing = { 'cache-control': 'no-cache', 'x-fdw-explain': '1', ...headers };
  const { extensions } = await gateway.query(query, {}, forcing);
  return extensions;
}

const scanned = { scans: [{ snapshot: 'scanned' }] };
const fresh = { scans: [{ snapshot: 'fresh' }] };

describe('a scan is forced', () => {
  test('by all where no tokens are verified', async () => {
    expect(await stateOf({})).toMatchObject(scanned);
  });

  test('by no one without a token where tokens are verified', async () => {
    expect(await stateOf({ auth })).toMatchObject(fresh);
  });

  test('by those with a token', async () => {
    expect(await stateOf({ auth }, { authorization: await token() })).toMatchObject(scanned);
  });

  test('by everyone with --allow-no-cache all', async () => {
    expect(await stateOf({ auth, allowNoCache: 'all' })).toMatchObject(scanned);
  });

  test('by no one with --allow-no-cache none', async () => {
    expect(await stateOf({ allowNoCache: 'none' })).toMatchObject(fresh);
  });
});
