import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cognitoServer } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const secret = 'a secret that is only known to this test';
const user = (name: string, tenant: string) => ({
  Username: name,
  UserStatus: 'CONFIRMED',
  Attributes: [
    { Name: 'email', Value: `${name}@example.com` },
    { Name: 'custom:tenant', Value: tenant },
  ],
});

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway(
    `${cognitoServer}
     create role view_owner; create role reader; create role member;
     create schema cognito; grant usage on schema cognito, public to view_owner, reader, member;
     create foreign table cognito.users (
       username text, email text, status text, tenant text options (attribute 'custom:tenant')
     ) server cognito_server options (object 'users');
     comment on foreign table cognito.users is '@graphql({"policies": {
       "postgres": {"filter": {}}, "reader": {"filter": {}},
       "member": {"filter": {"tenant": {"eq": {"claim": "tenant"}}}}}})';
     grant select on cognito.users to view_owner;
     grant select (username, email) on cognito.users to reader;

     create view people as select u.email as mail, username, status from cognito.users u;
     alter view people owner to view_owner;
     comment on view people is 'Everyone. @graphql({"name": "Person", "policies": {
       "postgres": {"filter": {}}, "reader": {"filter": {"mail": {"neq": "eve@example.com"}}},
       "member": {"filter": {}}}})';
     comment on column people.status is '@graphql({"name": "state"})';
     grant select on people to reader, member;

     create view own with (security_invoker) as select username, email, status from cognito.users;
     comment on view own is '@graphql({"primary_key_columns": ["email"]})';
     grant select on own to reader;

     create view filtered as select username from cognito.users where status = 'CONFIRMED';
     create view joined as select a.username from cognito.users a join cognito.users b using (username);
     create view counted as select count(*) as users from cognito.users;
     create view computed as select upper(username) as name from cognito.users;
     create view stacked as select username from people;
     create view unrelated as select 1 as one;`,
    [user('ann', 'red'), user('bob', 'blue'), user('eve', 'red')],
    { auth: { jwtSecret: secret, anonRole: 'postgres' } },
  );
});
afterAll(() => gateway.close());

const as = async (role: string, claims: Readonly<Record<string, string>> = {}) => ({
  authorization: `Bearer ${await new SignJWT({ role, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(Buffer.from(secret))}`,
});

describe('a view that picks columns of a foreign table', () => {
  test('is a table of the same snapshot, with names, comment and key of its own', async () => {
    const { data, errors } = await gateway.query(`{
      personCollection(filter: {mail: {eq: "bob@example.com"}}) { totalCount edges { node { nodeId username mail state } } }
      personByPk(username: "ann") { mail }
      ownByPk(email: "ann@example.com") { username }
      __type(name: "Person") { description }
    }`);
    expect(errors).toEqual([]);
    const [{ node }] = data.personCollection.edges;
    expect(node).toMatchObject({ username: 'bob', mail: 'bob@example.com', state: 'CONFIRMED' });
    expect(Buffer.from(node.nodeId, 'base64').toString()).toBe('["public", "people", "bob"]');
    expect(data).toMatchObject({
      personCollection: { totalCount: 1 },
      personByPk: { mail: 'ann@example.com' },
      ownByPk: { username: 'ann' },
      __type: { description: 'Everyone.' },
    });
    const scans = gateway.observations.filter(({ event }) => event === 'scan-finished');
    expect(scans).toHaveLength(1);
  });

  test('reads with the privileges of its owner', async () => {
    const { data, errors } = await gateway.query(
      '{ personCollection { edges { node { username state } } } }',
      {},
      await as('reader'),
    );
    expect(errors).toEqual([]);
    expect(data.personCollection.edges).toHaveLength(2);
  });

  test('with security_invoker shows a role no column that it may not read of the table', async () => {
    const headers = await as('reader');
    const known = await gateway.query('{ ownCollection { edges { node { username email } } } }', {}, headers);
    expect(known.errors).toEqual([]);
    expect(known.data.ownCollection.edges).toHaveLength(3);
    const hidden = await gateway.query('{ ownCollection { edges { node { status } } } }', {}, headers);
    expect(hidden.errors[0]?.message).toContain('status');
    const none = await gateway.query('{ ownCollection { edges { cursor } } }', {}, await as('member'));
    expect(none.errors[0]?.message).toContain('ownCollection');
  });

  test('shows no row that a policy of the table or its own policy hides', async () => {
    const names = async (headers: Readonly<Record<string, string>>) => {
      const { data } = await gateway.query(
        '{ personCollection { edges { node { username } } } }',
        {},
        headers,
      );
      return data.personCollection.edges.map((edge: { node: { username: string } }) => edge.node.username);
    };
    expect(await names(await as('reader'))).toEqual(['ann', 'bob']);
    expect(await names(await as('member', { tenant: 'red' }))).toEqual(['ann', 'eve']);
    expect(await names(await as('member'))).toEqual([]);
  });
});

test('any other view of a foreign table is a problem that says why, and unrelated views are not', () => {
  const reasons = Object.fromEntries(
    gateway.gateway.model.problems.map(({ object, reason }) => [object, reason.split(', but ').at(-1)]),
  );
  expect(reasons).toEqual({
    'public.filtered': 'it filters rows',
    'public.joined': 'it reads more than one relation',
    'public.counted': 'it computes a column',
    'public.computed': 'it computes a column',
    'public.stacked': 'it shows the view public.people',
  });
});
