import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import { cognitoServer } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const secret = 'a secret that is only known to this test';
/** Some hundred pages, at one a second: the scan is under way longer than the tests. */
const pool = 18_000;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway(
    `${cognitoServer}
     create role progress_reader; create role progress_member; create role progress_outsider;
     create foreign table users (username text, email text) server cognito_server options (object 'users');
     grant select on users to progress_reader, progress_member, progress_outsider;
     comment on foreign table users is '@graphql({"aggregate": {"enabled": true}, "policies": {
       "progress_reader": {"filter": {}},
       "progress_member": {"filter": {"email": {"eq": {"claim": "email"}}}}}})';`,
    demoUsers(pool),
    { auth: { jwtSecret: secret }, scanTimeoutMs: 200, requestsPerSecond: 1 },
  );
});
afterAll(() => gateway.close());

const fields = [
  'usersCollection { totalCount }',
  'usersCollection(first: 1) { edges { node { username } } pageInfo { hasNextPage } }',
  'usersCollection { aggregate { count } }',
  'usersByPk(username: "x") { email }',
  'node(nodeId: "WyJwdWJsaWMiLCAidXNlcnMiLCAieCJd") { nodeId }',
];

const ask = async (field: string, role: string) => {
  const token = await new SignJWT({ role, email: 'nobody@example.com' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(Buffer.from(secret));
  return gateway.query(`{ field: ${field} }`, {}, { authorization: `Bearer ${token}`, 'x-fdw-explain': '1' });
};

describe('while a scan is under way', () => {
  test.each(fields)('whoever sees all rows is told how far it is: %s', async (field) => {
    const { errors } = await ask(field, 'progress_reader');
    expect(errors).toMatchObject([
      { extensions: { code: 'SCAN_IN_PROGRESS', progress: { rows: expect.any(Number) } } },
    ]);
  });

  test.each(
    fields.flatMap((field) => ['progress_member', 'progress_outsider'].map((role) => ({ field, role }))),
  )(
    '$role, from whom a policy hides rows, is told nothing more than that: $field',
    async ({ field, role }) => {
      const { errors, extensions } = await ask(field, role);
      expect(errors.map((error) => error.extensions)).toEqual([{ code: 'SCAN_IN_PROGRESS' }]);
      expect(errors[0]?.message).not.toMatch(/\d/);
      expect(extensions).toEqual({ scans: [] });
    },
  );
});
