import { inspect } from 'node:util';
import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import {
  Authentication,
  type AuthenticationOptions,
  type Authenticator,
  type Caller,
  type PostgresRoles,
} from '../../src/auth/authenticator.ts';

const secret = 'thirty-two bytes are just enough';
const roles = ['login', 'anon', 'editor', 'viewer'];

function authenticatorWith(options: AuthenticationOptions & Partial<PostgresRoles>) {
  const postgres = { loginRole: 'login', roleExists: (role: string) => roles.includes(role), ...options };
  const authentication = new Authentication(options);
  authentication.assertRoles(postgres);
  const { verifiesTokens } = authentication;
  return { verifiesTokens, ...authentication.withRoles(postgres) };
}

async function bearer(claims: Record<string, unknown>): Promise<string> {
  const token = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(secret));
  return `Bearer ${token}`;
}

/** The caller, or a rejection, at once or later. */
async function whoIs(authenticator: Authenticator, authorization: string | null): Promise<Caller> {
  return authenticator.authenticate(authorization);
}

describe('without any verification', () => {
  test('every request has the role of the login', async () => {
    const authenticator = authenticatorWith({});
    expect(authenticator).toMatchObject({ verifiesTokens: false });
    await expect(whoIs(authenticator, null)).resolves.toEqual({
      role: 'login',
      claims: {},
      authenticated: false,
    });
  });

  test('every request has the anonymous role, if there is one', async () => {
    const caller = await authenticatorWith({ anonRole: 'anon' }).authenticate(null);
    expect(caller).toEqual({ role: 'anon', claims: {}, authenticated: false });
  });

  test('a token is ignored: it gives nothing that its absence does not', async () => {
    const authenticator = authenticatorWith({ anonRole: 'anon' });
    for (const header of [await bearer({ role: 'editor' }), 'Basic dXNlcjpwYXNz', 'nonsense']) {
      await expect(whoIs(authenticator, header)).resolves.toEqual({
        role: 'anon',
        claims: {},
        authenticated: false,
      });
    }
  });

  test('a role that was dropped is refused', async () => {
    const authenticator = authenticatorWith({ loginRole: 'dropped' });
    await expect(whoIs(authenticator, null)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('with a verification', () => {
  test('a request without a token is refused', async () => {
    const authenticator = authenticatorWith({ jwtSecret: secret });
    expect(authenticator).toMatchObject({ verifiesTokens: true });
    await expect(whoIs(authenticator, null)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('a request without a token has the anonymous role, if there is one', async () => {
    const authenticator = authenticatorWith({ jwtSecret: secret, anonRole: 'anon' });
    expect(authenticator).toMatchObject({ verifiesTokens: true });
    await expect(whoIs(authenticator, null)).resolves.toMatchObject({
      role: 'anon',
      authenticated: false,
    });
  });

  test('a bad token is rejected, even if a request without one is answered', async () => {
    const authenticator = authenticatorWith({ jwtSecret: secret, anonRole: 'anon' });
    for (const header of ['', 'Basic dXNlcjpwYXNz', 'Bearer e30.e30.e30']) {
      await expect(whoIs(authenticator, header)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
  });

  test.each<[string, string | undefined, Record<string, unknown>, string]>([
    ['the claim role by default', undefined, { role: 'editor' }, 'editor'],
    ['a nested claim', 'app_metadata.role', { app_metadata: { role: 'viewer' } }, 'viewer'],
    ['a claim whose name has a colon', 'cognito:groups', { 'cognito:groups': ['editor'] }, 'editor'],
    [
      'a claim whose name has dots',
      'https://x.example/role',
      { 'https://x.example/role': 'editor' },
      'editor',
    ],
    [
      'the first element that is a role',
      'groups',
      { groups: ['staff', 7, '', 'viewer', 'editor'] },
      'viewer',
    ],
    ['the anonymous role, where the claim is absent', undefined, { sub: 'u1' }, 'anon'],
    ['the anonymous role, where the claim is null', undefined, { role: null }, 'anon'],
    ['the anonymous role, where the claim is an empty list', 'groups', { groups: [] }, 'anon'],
  ])('the role is %s', async (_case, roleClaim, claims, role) => {
    const authenticator = authenticatorWith({ jwtSecret: secret, anonRole: 'anon', roleClaim });
    const caller = await authenticator.authenticate(await bearer(claims));
    expect(caller).toEqual({ role, claims, authenticated: true });
  });

  test.each<[string, Record<string, unknown>]>([
    ['a role that does not exist', { role: 'superuser' }],
    ['an empty role', { role: '' }],
    ['a role in another case', { role: 'Editor' }],
    ['a number', { role: 7 }],
    ['an object', { role: { name: 'editor' } }],
    ['a nested list', { role: [['editor']] }],
    ['groups of which none is a role', { role: ['staff', 'crew'] }],
  ])('a token that claims %s is refused, and not made anonymous', async (_case, claims) => {
    const authenticator = authenticatorWith({ jwtSecret: secret, anonRole: 'anon' });
    await expect(whoIs(authenticator, await bearer(claims))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: "the token's claim role does not name a role of the database",
    });
  });

  test('a token without a role is rejected if there is no anonymous role', async () => {
    const authenticator = authenticatorWith({ jwtSecret: secret });
    await expect(whoIs(authenticator, await bearer({ sub: 'u1' }))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  test('a role counts from when it exists to when it does not', async () => {
    const existing = new Set(['login']);
    const authenticator = authenticatorWith({ jwtSecret: secret, roleExists: (role) => existing.has(role) });
    const header = await bearer({ role: 'newcomer' });
    await expect(whoIs(authenticator, header)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    existing.add('newcomer');
    await expect(whoIs(authenticator, header)).resolves.toMatchObject({ role: 'newcomer' });
  });

  test('expiry is judged by the clock', async () => {
    let time = 1_000_000_000_000;
    const authenticator = authenticatorWith({
      jwtSecret: secret,
      clock: { now: () => time, monotonic: () => time },
      clockToleranceSeconds: 0,
    });
    const header = await bearer({ role: 'editor', exp: 1_000_000_010 });
    await expect(whoIs(authenticator, header)).resolves.toMatchObject({ role: 'editor' });
    time += 10_000;
    await expect(whoIs(authenticator, header)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('options are refused at start, in one line,', () => {
  test.each<[string, AuthenticationOptions, string]>([
    [
      'where the secret is too short',
      { jwtSecret: 'hunter2' },
      '--jwt-secret must have at least 32 bytes, but got 7',
    ],
    ['where the secret is empty', { jwtSecret: '' }, '--jwt-secret must have at least 32 bytes, but got 0'],
    [
      'where the address is none',
      { jwksUrl: 'issuer' },
      '--jwks-url must be an http or https address, but got "issuer"',
    ],
    [
      'where the address is a file',
      { jwksUrl: 'file:///etc/passwd' },
      '--jwks-url must be an http or https address, but got "file:///etc/passwd"',
    ],
    [
      'where the address has a password',
      { jwksUrl: 'https://user:hunter2@issuer.example/jwks' },
      '--jwks-url must be an address without a user name and password, but got one with them at issuer.example',
    ],
    [
      'where the address is none and has a password',
      { jwksUrl: 'ftp://user:hunter2@issuer.example' },
      '--jwks-url must be an http or https address, but got "…@issuer.example"',
    ],
    [
      'where an audience has nothing to check it',
      { audience: 'gateway' },
      '--jwt-audience must come with --jwt-secret or --jwks-url, but got "gateway" without either',
    ],
    [
      'where an issuer has nothing to check it',
      { issuer: 'me' },
      '--jwt-issuer must come with --jwt-secret or --jwks-url, but got "me" without either',
    ],
    [
      'where a role claim has nothing to read it from',
      { roleClaim: 'groups' },
      '--jwt-role-claim must come with --jwt-secret or --jwks-url, but got "groups" without either',
    ],
    [
      'where the role claim is empty',
      { jwtSecret: secret, roleClaim: '' },
      '--jwt-role-claim must be the path of a claim, but got ""',
    ],
    [
      'where the audience is empty',
      { jwtSecret: secret, audience: ' ' },
      '--jwt-audience must be an audience, but got " "',
    ],
    [
      'where the issuer is empty',
      { jwtSecret: secret, issuer: '' },
      '--jwt-issuer must be an issuer, but got ""',
    ],
    [
      'where the anonymous role does not exist',
      { anonRole: 'nobody' },
      '--anon-role must be a role of the database, but got "nobody"',
    ],
    [
      'where the clock tolerance is negative',
      { jwtSecret: secret, clockToleranceSeconds: -1 },
      'the clock tolerance must be a number of seconds from 0, but got -1',
    ],
  ])('%s', (_case, options, message) => {
    expect(() => authenticatorWith(options)).toThrowError(
      expect.objectContaining({ name: 'ConfigurationError', message }),
    );
  });
});

test('the secret shows up in no inspection of the authenticator', () => {
  const authenticator = authenticatorWith({ jwtSecret: secret });
  expect(inspect(authenticator, { depth: null, showHidden: true })).not.toContain(secret);
  expect(JSON.stringify(authenticator)).not.toContain(secret);
});
