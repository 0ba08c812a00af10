import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { PoolUser } from '../../src/emulator/user.ts';
import { cognitoServer } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

// The deviations D1 to D8 of the GraphQL contract from pg_graphql, in the order of "What is different" in docs/pg_graphql.md.

const catalog = `${cognitoServer}
create schema a;
create schema b;
create foreign table a.users (username text, email text, shoe_size int) server cognito_server options (object 'users');
comment on foreign table a.users is 'People with an account.';
create foreign table a.subjects (sub uuid, email text) server cognito_server options (object 'users');
create foreign table a.addresses (email text) server cognito_server options (object 'users');
create foreign table a.uncounted (username text) server cognito_server options (object 'users');
comment on foreign table a.uncounted is '@graphql({"totalCount": {"enabled": false}})';
create foreign table a.groups (username text) server cognito_server options (object 'groups');
create foreign table b.users (username text) server cognito_server options (object 'users');
create foreign table b.people (username text) server cognito_server options (object 'users');`;

const alice: PoolUser = {
  Username: 'alice',
  Enabled: true,
  UserStatus: 'CONFIRMED',
  UserCreateDate: 1_700_000_000,
  UserLastModifiedDate: 1_700_000_000,
  Attributes: [
    { Name: 'sub', Value: '0b1f7a52-0000-4000-8000-000000000001' },
    { Name: 'email', Value: 'alice@example.com' },
  ],
};

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway(catalog, [alice]);
});
afterAll(() => gateway.close());
afterEach(() => vi.unstubAllEnvs());

const fieldsOf = async (type: string): Promise<readonly string[]> => {
  const { data } = await gateway.query('query ($type: String!) { __type(name: $type) { fields { name } } }', {
    type,
  });
  return data.__type.fields.map(({ name }: { name: string }) => name);
};

test('D1: the key is username, else sub; without either there is no nodeId, ByPk or node', async () => {
  const root = await fieldsOf('Query');
  expect(root).toEqual(expect.arrayContaining(['usersByPk', 'subjectsByPk', 'addressesCollection', 'node']));
  expect(root).not.toContain('addressesByPk');
  expect(await fieldsOf('addresses')).toEqual(['email']);
  const { data } = await gateway.query(
    '{ usersByPk(username: "alice") { email } subjectsByPk(sub: "0b1f7a52-0000-4000-8000-000000000001") { email } }',
  );
  const found = { email: 'alice@example.com' };
  expect(data).toEqual({ usersByPk: found, subjectsByPk: found });
});

test('D2: totalCount is on unless the directive disables it', async () => {
  expect(await fieldsOf('usersConnection')).toContain('totalCount');
  expect(await fieldsOf('uncountedConnection')).not.toContain('totalCount');
});

test('D3: a comment without a directive is the description', async () => {
  const { data } = await gateway.query('{ __type(name: "users") { description } }');
  expect(data.__type.description).toBe('People with an account.');
});

test('D4: introspection is on, except in production, unless the directive decides', async () => {
  const query = '{ __type(name: "users") { name } }';
  expect((await gateway.query(query)).data).toEqual({ __type: { name: 'users' } });
  vi.stubEnv('NODE_ENV', 'production');
  const production = await startGateway(catalog, []);
  const decided = await startGateway(
    `${catalog} comment on schema a is '@graphql({"introspection": true})';`,
    [],
  );
  try {
    expect((await production.query(query)).errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect((await decided.query(query)).data).toEqual({ __type: { name: 'users' } });
  } finally {
    await production.close();
    await decided.close();
  }
});

test('D5: an element of orderBy with several keys is refused', async () => {
  const { errors } = await gateway.query(
    '{ usersCollection(orderBy: [{username: AscNullsLast, email: AscNullsLast}]) { totalCount } }',
  );
  expect(errors[0]?.extensions).toMatchObject({
    code: 'BAD_USER_INPUT',
    argument: 'orderBy.0',
  });
});

test('D6: what cannot be exposed is skipped and reported, and the rest is served', async () => {
  const problems = gateway.gateway.status().problems.map(({ object }) => object);
  expect(problems).toEqual(expect.arrayContaining(['a.groups', 'a.users.shoe_size']));
  const logged = gateway.observations.flatMap((seen) => (seen.event === 'problem' ? [seen.object] : []));
  expect(logged).toEqual(expect.arrayContaining(['a.groups', 'a.users.shoe_size']));
  expect(await fieldsOf('users')).toEqual(['nodeId', 'username', 'email']);
});

test('D7: all schemas are exposed, and a name that is taken goes to the first schema', async () => {
  expect(await fieldsOf('Query')).toEqual(expect.arrayContaining(['usersCollection', 'peopleCollection']));
  expect(await fieldsOf('users')).toContain('email');
  const problem = gateway.gateway.status().problems.find(({ object }) => object === 'b.users');
  expect(problem?.hint).toContain('@graphql({"name":');
});

test.each([
  ['a look-ahead', '(?=a)'],
  ['a look-behind', '(?<=a)'],
  ['a backreference', '(a)\\1'],
])('D8: regular expressions are RE2, so %s is refused', async (_, regex) => {
  const { errors } = await gateway.query(
    'query ($regex: String!) { usersCollection(filter: {email: {regex: $regex}}) { totalCount } }',
    { regex },
  );
  expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
});
