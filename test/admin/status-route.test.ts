import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const secret = 'a-secret-of-this-test-with-32-bytes!';
const sql = `${cognitoServer} ${sevenColumns}`;

/** A token of a role, signed with a secret. */
const tokenOf = (role: string, signedWith = secret) =>
  new SignJWT({ role }).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(signedWith));

describe('the status on the main port, with --admin-roles', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway(
      `${sql} create role status_operator; create role status_reader; grant usage on schema cognito to status_reader;
       grant select on cognito.users to status_reader;`,
      demoUsers(3),
      { auth: { jwtSecret: secret }, adminRoles: ['status_operator'] },
    );
  });
  afterAll(async () => {
    const { client } = gateway.database;
    await client.query('drop owned by status_operator, status_reader');
    await client.query('drop role status_operator, status_reader');
    await gateway.close();
  });

  const ask = async (token: string | undefined, init: RequestInit = {}) =>
    fetch(new URL('/status', gateway.url), {
      ...init,
      headers: { ...init.headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    });

  test('is for a token of such a role, though that role may read no table', async () => {
    const response = await ask(await tokenOf('status_operator'));
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({
      ready: true,
      tables: [{ schema: 'cognito', name: 'users' }],
    });
  });

  test('is a page for browsers, without buttons', async () => {
    const response = await ask(await tokenOf('status_operator'), { headers: { accept: 'text/html' } });
    expect(response.headers.get('content-type')).toContain('text/html');
    const page = await response.text();
    expect(page).toContain('cognito.users');
    expect(page).not.toContain('<form');
  });

  test.each([
    ['401 for nobody', undefined, 401],
    ['403 for another role, though it may read the tables', tokenOf('status_reader'), 403],
    ['401 for a role that does not exist', tokenOf('status_nobody'), 401],
    [
      '401 for a token that others have signed',
      tokenOf('status_operator', 'another-secret-of-32-bytes-at-all'),
      401,
    ],
  ])('is %s', async (_, token, status) => {
    const response = await ask(await token);
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain('cognito');
  });

  test('changes nothing: POST is refused', async () => {
    const response = await ask(await tokenOf('status_operator'), { method: 'POST' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
  });
});

test('without --admin-roles there is no status on the main port', async () => {
  const gateway = await startGateway(sql, []);
  expect((await fetch(new URL('/status', gateway.url))).status).toBe(404);
  await gateway.close();
});
