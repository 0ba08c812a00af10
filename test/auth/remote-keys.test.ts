import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Authentication, type Authenticator } from '../../src/auth/authenticator.ts';
import type { Observation } from '../../src/observation.ts';
import { createSigningKey, type KeySetServer, sign, startKeySetServer } from './key-set-server.ts';

const first = await createSigningKey('ES256', 'first');
const second = await createSigningKey('ES256', 'second');

let server: KeySetServer;
let observations: Observation[];
let authenticator: Authenticator;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  server = await startKeySetServer(first);
  observations = [];
  const authentication = new Authentication({
    jwksUrl: server.url,
    observe: (observation) => observations.push(observation),
  });
  authenticator = authentication.withRoles({ loginRole: 'login', roleExists: () => true });
});

afterEach(async () => {
  vi.useRealTimers();
  await server.close();
});

async function authenticate(key = first, kid = key.kid) {
  return authenticator.authenticate(`Bearer ${await sign(key, { role: 'editor' }, { kid })}`);
}

function later(ms: number) {
  vi.advanceTimersByTime(ms);
}

const accepted = { role: 'editor' };
const refused = { code: 'UNAUTHENTICATED' };

test('nothing is fetched before a token needs it, and then once for all', async () => {
  expect(server.requests).toBe(0);
  await Promise.all(Array.from({ length: 100 }, () => authenticate()));
  await authenticate();
  expect(server.requests).toBe(1);
});

test('a rotated key is accepted at once', async () => {
  await authenticate(first);
  server.publish(second);
  await expect(authenticate(second)).resolves.toMatchObject(accepted);
  expect(server.requests).toBe(2);
});

test('a withdrawn key is accepted for at most ten minutes', async () => {
  await authenticate(first);
  server.publish(second);
  await expect(authenticate(first)).resolves.toMatchObject(accepted);
  later(10 * 60_000);
  await expect(authenticate(first)).rejects.toMatchObject(refused);
});

test('a hundred tokens with invented key ids at once cause one fetch', async () => {
  await authenticate();
  const results = await Promise.allSettled(
    Array.from({ length: 100 }, (_, i) => authenticate(first, `invented-${i}`)),
  );
  expect(results.every(({ status }) => status === 'rejected')).toBe(true);
  expect(server.requests).toBe(2);
});

test('invented key ids one after the other cause ever fewer fetches', async () => {
  await authenticate();
  for (let second = 0; second < 120; second++) {
    await expect(authenticate(first, `invented-${second}`)).rejects.toMatchObject(refused);
    later(1000);
  }
  expect(server.requests).toBeLessThanOrEqual(10);
});

test('invented key ids never keep a known key from being accepted', async () => {
  await authenticate();
  for (let i = 0; i < 20; i++) await authenticate(first, `invented-${i}`).catch(() => {});
  later(10 * 60_000);
  await authenticate(first, 'invented').catch(() => {});
  await expect(authenticate(first)).resolves.toMatchObject(accepted);
});

test.each<[string, Parameters<KeySetServer['answer']>[0]]>([
  ['refuses', (_request, response) => response.writeHead(500).end()],
  ['answers garbage', (_request, response) => response.end('<html>')],
  ['answers JSON that is no key set', (_request, response) => response.end('{"keys":{}}')],
  ['redirects', (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:9' }).end()],
  ['breaks off', (request) => request.socket.destroy()],
])('where the address %s, tokens are refused until it answers', async (_case, listener) => {
  server.answer(listener);
  await expect(authenticate()).rejects.toMatchObject({
    ...refused,
    message: 'the token could not be verified, because the key set is not available',
  });
  expect(observations).toEqual([{ event: 'keys-unavailable', url: server.url, message: expect.any(String) }]);
  server.publish(first);
  later(30_000);
  await expect(authenticate()).resolves.toMatchObject(accepted);
});

test.each<[string, unknown, string]>([
  ['that is no object', null, 'key 1 is not an object'],
  ['without a type', { kid: 'x' }, 'key 1 ("x") is not a public key'],
  ['of an unknown type', { kty: 'QUANTUM', kid: 'first' }, 'key 1 ("first") is not a public key'],
  ['with a broken point', { ...second.jwk, x: 'AAAA' }, 'key 1 ("second") is not a public key'],
  [
    'whose modulus is not base64url',
    { kty: 'RSA', kid: 'x', n: '!!!', e: 'AQAB' },
    'key 1 ("x") has 0 bits instead of 2048',
  ],
  [
    'of too few bits',
    { kty: 'RSA', n: Buffer.alloc(128, 0xff).toString('base64url'), e: 'AQAB' },
    'key 1 has 1024 bits instead of 2048',
  ],
  ['that is a secret', { kty: 'oct', k: 'AAAA' }, 'key 1 is not a public key'],
])('a key %s is skipped and observed, and the others are used', async (_case, broken, message) => {
  server.answer((_request, response) => response.end(JSON.stringify({ keys: [broken, first.jwk] })));
  await expect(authenticate()).resolves.toMatchObject(accepted);
  expect(observations).toEqual([{ event: 'keys-skipped', url: server.url, message }]);
});

test('of very many keys the first hundred are read, and the log stays short', async () => {
  const keys = [first.jwk, ...Array.from({ length: 100_000 }, () => ({}))];
  server.answer((_request, response) => response.end(JSON.stringify({ keys })));
  await expect(authenticate()).resolves.toMatchObject(accepted);
  const [observation, ...others] = observations;
  expect(others).toEqual([]);
  expect(observation).toMatchObject({
    event: 'keys-skipped',
    message: expect.stringMatching(/^key 2 is not a public key; .*; and 90 other problems$/),
  });
});

test('a key that is skipped is observed once, and used when it is mended', async () => {
  const keys: unknown[] = [first.jwk, { ...second.jwk, x: 'AAAA' }];
  server.answer((_request, response) => response.end(JSON.stringify({ keys })));
  await authenticate();
  later(10 * 60_000);
  await authenticate();
  expect(observations).toHaveLength(1);
  await expect(authenticate(second)).rejects.toMatchObject(refused);
  keys[1] = second.jwk;
  later(10 * 60_000);
  await expect(authenticate(second)).resolves.toMatchObject(accepted);
  expect(observations).toHaveLength(1);
});

test('a key set that does not end is given up after a megabyte', async () => {
  let sent = 0;
  server.answer((_request, response) => {
    response.write('{"keys":[');
    const more = () => {
      if (response.destroyed) return;
      sent += 2 ** 16;
      response.write(' '.repeat(2 ** 16), more);
    };
    more();
  });
  await expect(authenticate()).rejects.toMatchObject(refused);
  expect(observations).toEqual([
    {
      event: 'keys-unavailable',
      url: server.url,
      message: expect.stringContaining('longer than 1048576 bytes'),
    },
  ]);
  expect(sent).toBeLessThan(2 ** 26);
});

test('if nothing listens, tokens are rejected', async () => {
  await server.close();
  await expect(authenticate()).rejects.toMatchObject(refused);
});

test('an address that stalls is given up', async () => {
  vi.useRealTimers();
  server.answer((_request, response) => response.writeHead(200).write('{"keys":'));
  await expect(authenticate()).rejects.toMatchObject(refused);
  expect(observations).toHaveLength(1);
});

test('a failing address is not requested for every token', async () => {
  server.answer((_request, response) => response.writeHead(503).end());
  await Promise.allSettled(Array.from({ length: 100 }, () => authenticate()));
  for (let i = 0; i < 100; i++) await authenticate().catch(() => {});
  expect(server.requests).toBe(1);
  expect(observations).toHaveLength(1);
});

test('an address that fails after it answered refuses only tokens of unknown keys', async () => {
  await authenticate(first);
  server.answer((_request, response) => response.writeHead(503).end());
  await expect(authenticate(second)).rejects.toMatchObject(refused);
  await expect(authenticate(first)).resolves.toMatchObject(accepted);
  later(10 * 60_000);
  await expect(authenticate(first)).rejects.toMatchObject(refused);
});
