import { SignJWT } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import type { GatewayOptions } from '../../src/gateway.ts';
import { demoCatalog } from '../support/demo-catalog.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
afterEach(() => gateway.close());
const start = async (options: Partial<GatewayOptions> = {}) => {
  gateway = await startGateway(demoCatalog, demoUsers(5), { federation: true, ...options });
};

const secret = 'a secret of at least thirty-two bytes, for tests';
const token = async () => ({
  authorization: `Bearer ${await new SignJWT({ role: 'postgres' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))}`,
});

const entities =
  '{ _entities(representations: [{__typename: "CognitoUser", username: "alice"}]) { __typename } }';
const cacheControl = async (query: string, headers: Readonly<Record<string, string>> = {}) =>
  (await gateway.query(query, {}, headers)).headers.get('cache-control');

describe('the headers for caches', () => {
  test('it may be used by anyone until a new scan is due', async () => {
    await start({ maxAgeMs: 90_000 });
    // What has been asked before goes another way through the gateway; the headers are the same.
    for (let i = 0; i < 4; i++) {
      const { headers } = await gateway.query(entities);
      expect(headers.get('cache-control')).toBe('public, max-age=90');
      expect(Number(headers.get('age'))).toBeLessThan(90);
      expect(headers.get('vary')).toMatch(/\bAuthorization\b/);
    }
  });

  test('with a token an answer is private, without one public', async () => {
    await start({ auth: { jwtSecret: secret, anonRole: 'postgres' } });
    for (let i = 0; i < 4; i++) {
      expect(await cacheControl(entities, await token())).toBe('private, max-age=60');
      expect(await cacheControl(entities)).toBe('public, max-age=60');
    }
  });

  test('a token that the gateway does not verify also makes it private', async () => {
    await start();
    expect(await cacheControl(entities, { authorization: 'Bearer x' })).toBe('private, max-age=60');
  });

  test('from a stale snapshot it may not be used again', async () => {
    await start({ maxAgeMs: 1, staleWhileRevalidateMs: 3_600_000 });
    for (let i = 0; i < 3; i++) expect(await cacheControl(entities)).toBe('public, max-age=0');
  });

  test('an answer with errors, or of no snapshot, is not to be stored', async () => {
    await start();
    expect(await cacheControl('{ _entities(representations: [{}]) { __typename } }')).toBe('no-store');
    expect(await cacheControl(`{ _service { sdl } }`)).toBe('no-store');
    expect(await cacheControl('{ nothing }')).toBe('no-store');
    expect(await cacheControl('{')).toBe('no-store');
    gateway.emulator.faults = { denyAccess: true };
    expect(await cacheControl('{ memberCollection { totalCount } }')).toBe('no-store');
  });

  test('neither is a refusal', async () => {
    await start({ auth: { jwtSecret: secret } });
    const { status, headers } = await gateway.query(entities);
    expect(status).toBe(401);
    expect(headers.get('cache-control')).toBe('no-store');
  });
});
