import { createHmac, generateKeyPairSync } from 'node:crypto';
import { CompactEncrypt, exportSPKI, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  Authentication,
  type AuthenticationOptions,
  type Authenticator,
} from '../../src/auth/authenticator.ts';
import { systemClock } from '../../src/clock.ts';
import {
  createSigningKey,
  type KeySetServer,
  type SigningKey,
  sign,
  startKeySetServer,
} from './key-set-server.ts';

const secret = 'a shared secret of more than sixty-four bytes, as HS512 would like to have it';
const now = Math.floor(Date.now() / 1000);
const audience = 'gateway';
const issuer = 'https://issuer.example';
const claims = { role: 'editor', sub: 'u1', aud: audience, iss: issuer, exp: now + 600 };

const symmetric = ['HS256', 'HS384', 'HS512'];
const asymmetric = ['RS256', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];

let keys: Map<string, SigningKey>;
let server: KeySetServer;
let both: Authenticator;
let secretOnly: Authenticator;
let keySetOnly: Authenticator;

beforeAll(async () => {
  keys = new Map(
    await Promise.all(
      asymmetric.map(async (alg) => [alg, await createSigningKey(alg, `key-${alg}`)] as const),
    ),
  );
  server = await startKeySetServer(...keys.values());
  // Time stands still, so that a moment is one on a slow machine too.
  const common = {
    clock: { ...systemClock, now: () => now * 1000 },
    audience,
    issuer,
  };
  const postgres = { loginRole: 'login', roleExists: (role: string) => role === 'editor' };
  const authenticatorWith = (options: AuthenticationOptions) =>
    new Authentication({ ...common, ...options }).withRoles(postgres);
  both = authenticatorWith({ jwtSecret: secret, jwksUrl: server.url });
  secretOnly = authenticatorWith({ jwtSecret: secret });
  keySetOnly = authenticatorWith({ jwksUrl: server.url });
});

afterAll(() => server.close());

function keyFor(alg: string): SigningKey {
  const key = keys.get(alg);
  if (!key) throw new Error(`no key for ${alg}`);
  return key;
}

function signWithSecret(
  payload: Record<string, unknown>,
  { alg = 'HS256', with: text = secret, header = {} } = {},
): Promise<string> {
  return sign({ alg, kid: 'any', privateKey: Buffer.from(text) }, payload, header);
}

const editor = { role: 'editor', authenticated: true, claims: { sub: 'u1' } };

function refused(message: RegExp | string) {
  return { name: 'UnauthenticatedError', code: 'UNAUTHENTICATED', message: expect.stringMatching(message) };
}

describe('a token is believed', () => {
  test('that was put together by hand, but rightly', async () => {
    const token = signRaw({ alg: 'HS256' }, JSON.stringify(claims));
    await expect(both.authenticate(`Bearer ${token}`)).resolves.toMatchObject(editor);
  });

  test.each(symmetric)('that is signed with the secret and %s', async (alg) => {
    const token = await signWithSecret(claims, { alg });
    await expect(both.authenticate(`Bearer ${token}`)).resolves.toMatchObject(editor);
    await expect(secretOnly.authenticate(`Bearer ${token}`)).resolves.toMatchObject(editor);
  });

  test.each(asymmetric)('that is signed with a published key and %s', async (alg) => {
    const token = await sign(keyFor(alg), claims);
    await expect(both.authenticate(`Bearer ${token}`)).resolves.toMatchObject(editor);
    await expect(keySetOnly.authenticate(`Bearer ${token}`)).resolves.toMatchObject(editor);
  });

  test.each(['Bearer', 'bearer', 'BEARER', ' Bearer  '])(
    'whatever the case of the scheme: %j',
    async (scheme) => {
      const token = await signWithSecret(claims);
      await expect(both.authenticate(`${scheme} ${token}`)).resolves.toMatchObject(editor);
    },
  );

  test.each([
    ['of several audiences one is ours', { aud: ['other', audience] }],
    ['it never expires', { exp: undefined }],
    ["it expired a moment ago by the issuer's clock", { exp: now - 2 }],
    ["it begins in a moment by the issuer's clock", { nbf: now + 2 }],
    ['it was issued in the future', { iat: now + 3600 }],
  ])('where %s', async (_case, change) => {
    const token = await signWithSecret({ ...claims, ...change });
    await expect(both.authenticate(`Bearer ${token}`)).resolves.toMatchObject(editor);
  });

  test('without a key id, if one of the keys signed it', async () => {
    const other = await createSigningKey('ES256', 'other');
    const several = await startKeySetServer(other, keyFor('ES256'));
    const authenticator = new Authentication({ jwksUrl: several.url }).withRoles({
      loginRole: 'login',
      roleExists: () => true,
    });
    const token = await sign(keyFor('ES256'), claims, { kid: undefined });
    await expect(authenticator.authenticate(`Bearer ${token}`)).resolves.toMatchObject(editor);
    const stranger = await createSigningKey('ES256', 'stranger');
    const forged = await sign(stranger, claims, { kid: undefined });
    await expect(authenticator.authenticate(`Bearer ${forged}`)).rejects.toMatchObject(refused('signature'));
    await several.close();
  });
});

describe('a token is refused', () => {
  test.each([
    ['it has expired', { exp: now - 30 }, /has expired/],
    ['it is not yet valid', { nbf: now + 30 }, /not valid yet/],
    ['it is meant for another', { aud: 'other' }, /another audience/],
    ['it is meant for several others', { aud: ['other', 'gateway2'] }, /another audience/],
    ['it is meant for nobody', { aud: undefined }, /claim aud/],
    ['its audience is no text', { aud: { gateway: true } }, /another audience/],
    ['it comes from another issuer', { iss: `${issuer}/` }, /another issuer/],
    ['it comes from nobody', { iss: undefined }, /claim iss/],
    ['its expiry is no number', { exp: `${now + 600}` }, /claim exp/],
    ['its begin is no number', { nbf: 'now' }, /claim nbf/],
  ])('where %s', async (_case, change, message) => {
    const token = await signWithSecret({ ...claims, ...change });
    await expect(both.authenticate(`Bearer ${token}`)).rejects.toMatchObject(refused(message));
  });

  test('that is signed with another secret', async () => {
    const token = await signWithSecret(claims, { with: `${secret}.` });
    await expect(both.authenticate(`Bearer ${token}`)).rejects.toMatchObject(refused('signature'));
  });

  test.each(asymmetric)('that bears the id of a published %s key but another signature', async (alg) => {
    const forger = await createSigningKey(alg, `key-${alg}`);
    const token = await sign(forger, claims);
    await expect(both.authenticate(`Bearer ${token}`)).rejects.toMatchObject(refused('signature'));
  });

  test('that uses a published key as a shared secret', async () => {
    const { publicKey, jwk } = keyFor('RS256');
    const publicTexts = [await exportSPKI(publicKey), JSON.stringify(jwk), jwk.n ?? ''];
    for (const text of publicTexts) {
      const token = await signWithSecret(claims, { with: text, header: { kid: 'key-RS256' } });
      await expect(both.authenticate(`Bearer ${token}`)).rejects.toMatchObject(refused('signature'));
      await expect(keySetOnly.authenticate(`Bearer ${token}`)).rejects.toMatchObject(
        refused('signed with one of'),
      );
    }
  });

  test('that brings its own key, or an address of one', async () => {
    const forger = await createSigningKey('RS256', 'forged');
    const elsewhere = await startKeySetServer(forger);
    const header = { jwk: forger.jwk, jku: elsewhere.url, x5u: elsewhere.url };
    const token = await sign(forger, claims, header);
    await expect(both.authenticate(`Bearer ${token}`)).rejects.toMatchObject(refused('key of the key set'));
    expect(elsewhere.requests).toBe(0);
    await elsewhere.close();
  });

  test('whose algorithm is not one of those configured', async () => {
    const token = await sign(keyFor('RS256'), claims);
    await expect(secretOnly.authenticate(`Bearer ${token}`)).rejects.toMatchObject(
      refused('signed with one of HS256, HS384, HS512'),
    );
    const shared = await signWithSecret(claims);
    await expect(keySetOnly.authenticate(`Bearer ${shared}`)).rejects.toMatchObject(refused('RS256'));
  });

  test('without a signature', async () => {
    const unsigned = new UnsecuredJWT(claims).encode();
    const signed = await signWithSecret(claims);
    const stripped = signed.slice(0, signed.lastIndexOf('.') + 1);
    const [, payload] = signed.split('.');
    const renamed = ['none', 'None', 'NONE', 'hs256', ''].map((alg) => `${encode({ alg })}.${payload}.`);
    for (const token of [unsigned, stripped, ...renamed]) {
      await expect(both.authenticate(`Bearer ${token}`)).rejects.toMatchObject(refused(''));
    }
  });

  test('that was changed after it was signed', async () => {
    const [header, , signature] = (await signWithSecret(claims)).split('.');
    const token = `${header}.${encode({ ...claims, role: 'admin' })}.${signature}`;
    await expect(both.authenticate(`Bearer ${token}`)).rejects.toMatchObject(refused('signature'));
  });

  test('that demands an extension of the format', async () => {
    const token = signRaw({ alg: 'HS256', crit: ['sudo'], sudo: true }, JSON.stringify(claims));
    await expect(both.authenticate(`Bearer ${token}`)).rejects.toMatchObject(refused(''));
  });

  test('that is encrypted instead of signed', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const token = await new CompactEncrypt(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'RSA-OAEP', enc: 'A256GCM' })
      .encrypt(publicKey);
    await expect(both.authenticate(`Bearer ${token}`)).rejects.toMatchObject(refused('not a signed JWT'));
  });

  test.each([
    '',
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer a, Bearer b',
    'Bearer ä.b.c',
    'Basic dXNlcjpwYXNz',
    'Token abc',
    'Bearer: a.b.c',
    'a.b.c',
  ])('where the header is malformed: %j', async (header) => {
    await expect(both.authenticate(header)).rejects.toMatchObject(refused('must be "Bearer <token>"'));
  });

  test.each([
    'a',
    'a.b',
    'a.b.c',
    '..',
    '.a.',
    'e30.e30.e30',
    'bnVsbA.bnVsbA.bnVsbA',
    `${encode([])}.e30.e30`,
  ])('that is no JWT: %s', async (token) => {
    await expect(both.authenticate(`Bearer ${token}`)).rejects.toMatchObject(refused(''));
  });

  test('whose claims are no object', async () => {
    for (const payload of ['null', '[]', '"text"', '42', 'not JSON']) {
      const token = signRaw({ alg: 'HS256' }, payload);
      await expect(both.authenticate(`Bearer ${token}`)).rejects.toMatchObject(refused('not a signed JWT'));
    }
  });

  test('that is too long, before it is looked at', async () => {
    const token = await signWithSecret({ ...claims, padding: 'x'.repeat(16_384) });
    await expect(both.authenticate(`Bearer ${token}`)).rejects.toMatchObject(
      refused('at most 16384 characters'),
    );
  });

  test('and the message repeats nothing of it', async () => {
    const token = await signWithSecret({ ...claims, exp: now - 600 });
    const error: unknown = await Promise.resolve(both.authenticate(`Bearer ${token}`)).catch(
      (reason: unknown) => reason,
    );
    for (const part of token.split('.')) expect(String(error)).not.toContain(part);
  });
});

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** A token with a right signature, whatever its header and payload say. */
function signRaw(header: Record<string, unknown>, payload: string): string {
  const signed = `${encode(header)}.${Buffer.from(payload).toString('base64url')}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
