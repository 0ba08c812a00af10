import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const typed = `
create type plan as enum ('free', 'pro', 'team', 'enterprise');
create foreign table members (
  username text, email text, plan plan options (attribute 'custom:plan'), seats int options (attribute 'custom:seats'),
  labels text[] options (attribute 'custom:labels'), created_at timestamptz, email_verified boolean
) server cognito_server options (object 'users');
comment on foreign table members is '@graphql({"aggregate": {"enabled": true}, "foreign_keys": [
  {"local_columns": ["username"], "foreign_schema": "cognito", "foreign_table": "users", "foreign_columns": ["username"]}]})';`;

const users = [
  ...demoUsers(300),
  {
    Username: 'odd',
    Attributes: [
      { Name: 'custom:seats', Value: 'many' },
      { Name: 'custom:labels', Value: '{"a b",NULL,"\u2028\\""}' },
    ],
  },
];

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway(`${cognitoServer} ${sevenColumns} ${typed}`, users);
  await gateway.query('{ usersCollection { totalCount } }');
});
afterAll(() => gateway.close());

/** Status, headers and body of a query, as they come over the wire. */
async function ask(query: string, variables?: object) {
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(variables ? { query, variables } : { query }),
  });
  const { date, age, ...headers } = Object.fromEntries(response.headers);
  return { status: response.status, headers, body: await response.text() };
}

// What is asked for the first time goes the long way; from the third time on it is compiled.
describe('a repeated query gets the same answer', () => {
  test.each([
    [
      'a page',
      '{ usersCollection(first: 5) { totalCount edges { cursor node { nodeId username attributes } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }',
    ],
    [
      'a key',
      '{ usersByPk(username: "alice") { username email enabled created_at attribute(name: "sub") } }',
    ],
    ['nothing', '{ usersByPk(username: "nobody") { username } }'],
    [
      'a node',
      '{ node(nodeId: "WyJjb2duaXRvIiwgInVzZXJzIiwgImFsaWNlIl0=") { __typename nodeId ... on users { email } ... on members { plan } } }',
    ],
    [
      'aliases and fragments',
      'query Q { a: usersByPk(username: "alice") { ...F } b: membersByPk(username: "alice") { plan seats users { ...F } } } fragment F on users { __typename status }',
    ],
    [
      'aggregates',
      '{ membersCollection(filter: {plan: {in: [pro, team]}}) { aggregate { count sum { seats } avg { seats } min { created_at } max { email } } } }',
    ],
    ['lists and errors of rows', '{ membersByPk(username: "odd") { username seats labels email_verified } }'],
    [
      'an order',
      '{ membersCollection(orderBy: [{seats: DescNullsLast}, {email: AscNullsFirst}], first: 7) { edges { node { seats email plan } } } }',
    ],
    ['an error', '{ usersCollection(first: -1) { totalCount } ok: usersByPk(username: "alice") { status } }'],
    ['a misspelt field', '{ usersCollection { totalcount } }'],
    ['no GraphQL', '{ usersCollection {'],
    ['a mutation', 'mutation { x }'],
    ['introspection', '{ __schema { queryType { fields { name type { kind } } } } }'],
    ['two operations', 'query A { __typename } query B { __typename }'],
  ])('%s', async (_, query) => {
    const first = await ask(query);
    await ask(query);
    expect(await ask(query)).toEqual(first);
  });

  test.each([
    ['given', { first: 2, name: 'alice', more: true }],
    ['null', { first: null, name: null, more: false }],
    ['left out', { more: true }],
    ['of a wrong type', { first: 'two', name: 1, more: true }],
    ['missing though required', {}],
    ['superfluous', { more: false, other: 1 }],
  ])('with variables %s', async (_, variables) => {
    const query = `query ($first: Int, $name: String = "bob", $more: Boolean!) {
      usersCollection(first: $first, filter: {username: {neq: $name}}) {
        edges { node { username email @include(if: $more) status @skip(if: $more) } } } }`;
    const first = await ask(query, variables);
    await ask(query, variables);
    expect(await ask(query, variables)).toEqual(first);
  });

  test('with other values for @include and @skip, it has other fields', async () => {
    const query = `query ($more: Boolean!) { usersByPk(username: "alice") {
      status email @include(if: $more) enabled @skip(if: $more) } }`;
    for (let time = 0; time < 3; time++) {
      for (const more of [true, false]) {
        const { data } = JSON.parse((await ask(query, { more })).body);
        expect(Object.keys(data.usersByPk)).toEqual(['status', more ? 'email' : 'enabled']);
      }
    }
  });

  test.each<[string, object]>([
    ['given', { filter: { or: [{ username: { eq: 'alice' } }, { not: { username: { gt: 'c' } } }] } }],
    ['given otherwise', { filter: { username: { in: 'bob' } }, order: { email: 'DescNullsLast' } }],
    ['null', { filter: null, order: null }],
    ['left out', {}],
    ['of a wrong type', { filter: { usrname: { eq: 'alice' } } }],
    ['of a wrong type within', { filter: { and: [{ username: { eq: 7 } }] } }],
    ['missing though required', { filter: {}, order: [null] }],
  ])('with objects for variables, %s', async (_, variables) => {
    const query = `query ($filter: usersFilter = {status: {eq: "CONFIRMED"}}, $order: [usersOrderBy!], $by: usersFilter! = {}) {
      usersCollection(first: 9, filter: {and: [$filter, $by]}, orderBy: $order) { edges { node { username } } }
      all: usersCollection(filter: $filter) { totalCount } }`;
    const first = await ask(query, variables);
    await ask(query, variables);
    expect(await ask(query, variables)).toEqual(first);
    // What the others are compared with is an answer, and no refusal of the query.
    expect((await ask(query)).body).toMatch(/^{"data":{"usersCollection":{"edges":\[{"node"/);
  });

  test.each([
    ['an operator', '{username: {startsWith: "a", eq: $x}}'],
    ['a list', '{username: {in: $x}}'],
    ['a nodeId', '{nodeId: {eq: $x}}'],
    ['a negation', '{not: {username: {eq: $x}}}'],
    ['a combination', '{or: [{username: {eq: $x}}, {username: {startsWith: "b"}}]}'],
  ])('%s whose variable is left out is ignored, each time', async (_, filter) => {
    const type = filter.includes('in:') ? '[String!]' : filter.includes('nodeId') ? 'ID' : 'String';
    const query = `query ($x: ${type}) { usersCollection(filter: ${filter}) { totalCount } }`;
    const first = await ask(query, {});
    await ask(query, {});
    expect(await ask(query, {})).toEqual(first);
  });

  test('from a newer snapshot, it has the newer rows', async () => {
    const query = '{ usersCollection { totalCount } }';
    const before = JSON.parse((await ask(query)).body).data.usersCollection.totalCount;
    gateway.emulator.pool('us-east-1_TestPool1').push({ Username: 'newcomer' });
    await gateway.query(query, {}, { 'cache-control': 'no-cache' });
    expect(JSON.parse((await ask(query)).body).data.usersCollection.totalCount).toBe(before + 1);
  });
});
