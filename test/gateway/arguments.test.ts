import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PoolUser } from '../../src/emulator/user.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const user = (
  name: string,
  attributes: Record<string, string> = {},
  settings: Partial<PoolUser> = {},
): PoolUser => ({
  Username: name,
  Enabled: true,
  UserStatus: 'CONFIRMED',
  UserCreateDate: 1_700_000_000,
  UserLastModifiedDate: 1_700_000_000.5,
  Attributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
  ...settings,
});

const users: readonly PoolUser[] = [
  user('alice', { email: 'alice@example.com', 'custom:seats': '7', 'custom:ratio': '0.50' }),
  user('bob', { email: 'BOB@example.com', 'custom:seats': 'many', 'custom:ratio': '1e3' }),
  user('carol', { 'custom:seats': '9007199254740993', 'custom:tags': '{a,"b c",NULL}' }),
  user('dave', { email: '50%_off\\@example.com', 'custom:day': '2024-02-29' }),
  user('zoë', { email: 'zoe@example.com' }),
  user('long', { email: `${'a'.repeat(10_000)}!` }),
];

const typed = `
create foreign table public.typed (
  username text, email text,
  seats int8 options (attribute 'custom:seats'),
  ratio numeric options (attribute 'custom:ratio'),
  tags text[] options (attribute 'custom:tags'),
  day date options (attribute 'custom:day')
) server cognito_server options (object 'users');
comment on foreign table public.typed is '@graphql({"max_rows": 3})';
create foreign table public.promised (username text, email text not null, seats int options (attribute 'custom:seats') not null)
  server cognito_server options (object 'users');
create foreign table public.keyless (email text) server cognito_server options (object 'users');`;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway(`${cognitoServer} ${sevenColumns} ${typed}`, users);
});
afterAll(() => gateway.close());

const page = (args: string, table = 'users', fields = 'username') =>
  gateway.query(
    `{ page: ${table}Collection(${args}) { edges { cursor node { ${fields} } } pageInfo { hasNextPage endCursor } } }`,
  );
const matches = async (filter: string, table = 'users') => {
  const { data, errors } = await page(`first: 30, filter: ${filter}`, table);
  expect(errors).toEqual([]);
  return data.page.edges.map((edge: { node: { username: string } }) => edge.node.username);
};
const refusal = async (args: string, table?: string, fields?: string) => {
  const { data, errors } = await page(args, table, fields);
  expect(data?.page ?? null).toBeNull();
  return {
    code: errors[0]?.extensions.code,
    argument: errors[0]?.extensions.argument,
    message: errors[0]?.message,
  };
};

describe('paging arguments that contradict each other are refused', () => {
  const cursor = 'WyJhbGljZSJd';
  test.each([
    ['first: -1', 'first'],
    ['last: -5', 'last'],
    ['offset: -1', 'offset'],
    ['first: 1, last: 1', 'last'],
    [`before: "${cursor}", after: "${cursor}"`, 'after'],
    [`first: 1, before: "${cursor}"`, 'before'],
    [`last: 1, after: "${cursor}"`, 'after'],
    ['offset: 1, last: 1', 'last'],
    [`offset: 1, before: "${cursor}"`, 'before'],
  ])('%s', async (args, argument) => {
    expect(await refusal(args)).toMatchObject({ code: 'BAD_USER_INPUT', argument });
  });

  test('a null is the same as no value', async () => {
    const { errors } = await page('first: 1, last: null, before: null, after: null, offset: null');
    expect(errors).toEqual([]);
  });
});

describe('cursors', () => {
  test.each([
    ['that are no base64', '"%%%"'],
    ['that are truncated', '"WyJhbGljZSJ"'],
    ['that hold no list', '"eyJhIjoxfQ=="'],
    ['that hold too much', '"WyJhbGljZSIsICJib2IiXQ=="'],
    ['that hold another type', '"WzFd"'],
    ['that are empty', '""'],
  ])('%s are refused', async (_, cursor) => {
    expect(await refusal(`after: ${cursor}`)).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'after' });
  });

  test('of another order are refused', async () => {
    expect(await refusal('after: "WyJhbGljZSJd", orderBy: [{email: AscNullsLast}]')).toMatchObject({
      argument: 'after',
    });
  });

  test('outlive the row they name', async () => {
    const { data } = await page('first: 2, after: "WyJhbWFuZGEiXQ=="');
    expect(data.page.edges.map((edge: { node: { username: string } }) => edge.node.username)).toEqual([
      'bob',
      'carol',
    ]);
  });

  test('of tables without a key do not reveal the identity', async () => {
    const { data } = await page('first: 1', 'keyless', 'email');
    expect(Buffer.from(data.page.edges[0].cursor, 'base64').toString()).not.toContain('alice');
    const forged = Buffer.from('["alice"]').toString('base64');
    expect(await refusal(`after: "${forged}"`, 'keyless', 'email')).toMatchObject({
      code: 'BAD_USER_INPUT',
      argument: 'after',
    });
  });

  test('work without a key, by the identity of users', async () => {
    const first = await page('first: 4', 'keyless', 'email');
    const rest = await page(`after: "${first.data.page.pageInfo.endCursor}"`, 'keyless', 'email');
    expect([...first.data.page.edges, ...rest.data.page.edges]).toHaveLength(users.length);
    expect(rest.data.page.pageInfo.hasNextPage).toBe(false);
  });
});

describe('order and limits', () => {
  test('an element of orderBy has one field', async () => {
    expect(await refusal('orderBy: [{email: AscNullsLast, username: AscNullsLast}]')).toMatchObject({
      code: 'BAD_USER_INPUT',
      argument: 'orderBy.0',
    });
  });

  test('more than a hundred keys are refused', async () => {
    const keys = Array.from({ length: 101 }, () => '{email: AscNullsLast}');
    expect(await refusal(`orderBy: [${keys.join()}]`)).toMatchObject({
      code: 'BAD_USER_INPUT',
      argument: 'orderBy',
    });
  });

  test('max_rows clamps silently', async () => {
    const { data } = await page('first: 1000000000', 'typed');
    expect(data.page.edges).toHaveLength(3);
  });

  test('nulls are placed as the direction says', async () => {
    const order = async (direction: string) => {
      const { data } = await page(`orderBy: [{email: ${direction}}]`);
      return data.page.edges.map((edge: { node: { username: string } }) => edge.node.username);
    };
    expect(await order('AscNullsFirst')).toEqual(['carol', 'dave', 'bob', 'long', 'alice', 'zoë']);
    expect(await order('DescNullsLast')).toEqual(['zoë', 'alice', 'long', 'bob', 'dave', 'carol']);
  });
});

describe('filters', () => {
  test.each([
    ['{email: {eq: "alice@example.com"}}', ['alice']],
    ['{email: {neq: "alice@example.com"}}', ['bob', 'dave', 'long', 'zoë']],
    ['{not: {email: {eq: "alice@example.com"}}}', ['bob', 'dave', 'long', 'zoë']],
    ['{email: {eq: null}}', []],
    ['{not: {email: {eq: null}}}', []],
    ['{email: {is: NULL}}', ['carol']],
    ['{email: {}}', ['alice', 'bob', 'carol', 'dave', 'long', 'zoë']],
    ['{email: null, or: [], and: [{}], not: {or: [{}]}}', ['alice', 'bob', 'carol', 'dave', 'long', 'zoë']],
    ['{or: [{}, {username: {eq: "bob"}}]}', ['bob']],
    ['{email: {ilike: "bob%"}}', ['bob']],
    ['{email: {like: "50\\\\%\\\\_off\\\\\\\\@%"}}', ['dave']],
    ['{username: {startsWith: "zo"}}', ['zoë']],
    ['{username: {regex: "^[a-c]"}}', ['alice', 'bob', 'carol']],
    ['{email: {iregex: "^bob@"}}', ['bob']],
    ['{username: {gt: "bob", lte: "dave"}}', ['carol', 'dave']],
    ['{username: {in: ["zoë", "alice", "nobody"]}}', ['alice', 'zoë']],
    ['{username: {in: []}}', []],
    ['{nodeId: {eq: "WyJjb2duaXRvIiwgInVzZXJzIiwgImFsaWNlIl0="}}', ['alice']],
    ['{enabled: {eq: false}}', []],
    [
      '{created_at: {gte: "2023-11-14T22:13:20"}, updated_at: {lt: "2023-11-14T22:13:20.6"}}',
      ['alice', 'bob', 'carol', 'dave', 'long', 'zoë'],
    ],
  ])('%s', async (filter, expected) => {
    expect(await matches(filter)).toEqual(expected);
  });

  test.each([
    ['{seats: {gt: "8"}}', ['carol']],
    ['{seats: {eq: 9007199254740993}}', ['carol']],
    ['{seats: {is: NULL}}', ['bob', 'dave', 'long']],
    ['{ratio: {eq: 0.5}}', ['alice']],
    ['{ratio: {gte: "1000.0"}}', ['bob']],
    ['{tags: {contains: ["a"]}}', ['carol']],
    ['{tags: {overlaps: ["x", "b c"]}}', ['carol']],
    ['{day: {eq: "2024-02-29"}}', ['dave']],
  ])('on attributes read as their types: %s', async (filter, expected) => {
    expect(await matches(filter, 'typed')).toEqual(expected);
  });

  test('10,000 elements are fine, 10,001 are too complex', async () => {
    const ask = (size: number) =>
      gateway.query(
        'query ($names: [String!]) { usersCollection(filter: {username: {in: $names}}) { totalCount } }',
        {
          names: ['alice', ...Array.from({ length: size - 1 }, (_, i) => `nobody-${i}`)],
        },
      );
    expect((await ask(10_000)).data).toEqual({ usersCollection: { totalCount: 1 } });
    expect((await ask(10_001)).errors[0]?.extensions.code).toBe('QUERY_TOO_COMPLEX');
  });

  test.each([
    ['a regular expression that is none', '{email: {regex: "("}}'],
    ['a look-ahead', '{email: {regex: "(?=a)"}}'],
    ['a pattern that ends in its escape', '{email: {like: "a\\\\"}}'],
  ])('%s is refused', async (_, filter) => {
    const { code, argument } = await refusal(`filter: ${filter}`);
    expect(code).toBe('BAD_USER_INPUT');
    expect(argument).toMatch(/^filter\.email\.(regex|like)$/);
  });

  test('a pathological regular expression answers', async () => {
    expect(await matches('{email: {regex: "(a+)+$"}}')).toEqual([]);
  });

  test('a lone surrogate and NUL, which no Postgres text can contain, are refused', async () => {
    const ask = (email: string) =>
      gateway.query(
        'query ($email: String) { usersCollection(filter: {email: {eq: $email}}) { totalCount } }',
        { email },
      );
    for (const text of ['\ud800', 'a\u0000b']) {
      expect((await ask(text)).errors[0]?.extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        argument: 'filter.email.eq',
      });
    }
  });

  test.each([
    ['$d: Datetime', '{created_at: {eq: $d}}', { d: 'yesterday-ish' }],
    ['$d: Datetime', '{created_at: {eq: $d}}', { d: 12 }],
    ['$s: String', '{email: {eq: $s}}', { s: 1 }],
    ['$b: Boolean', '{enabled: {eq: $b}}', { b: 'yes' }],
  ])('variables of a wrong type are refused (%s)', async (declaration, filter, variables) => {
    const { errors } = await gateway.query(
      `query (${declaration}) { usersCollection(filter: ${filter}) { totalCount } }`,
      variables,
    );
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  test('a literal that its scalar refuses is named with its place in the document', async () => {
    const { errors } = await gateway.query(
      '{ usersCollection(filter: {created_at: {eq: "yesterday"}}) { totalCount } }',
    );
    expect(errors[0]).toMatchObject({
      message: 'Datetime must be a valid Datetime as a string, but got "yesterday"',
      locations: [{ line: 1, column: 45 }],
    });
  });
});

describe('keys and nodeIds', () => {
  test.each([
    ['no base64', '%'],
    ['no list', Buffer.from('{}').toString('base64')],
    ['too short', Buffer.from('["cognito", "users"]').toString('base64')],
    ['of a wrong type', Buffer.from('["cognito", "users", {"a": 1}]').toString('base64')],
    ['of no table', Buffer.from('["cognito", "groups", "alice"]').toString('base64')],
  ])('a nodeId that is %s is refused', async (_, nodeId) => {
    const { data, errors } = await gateway.query('query ($id: ID!) { node(nodeId: $id) { nodeId } }', {
      id: nodeId,
    });
    expect(data).toEqual({ node: null });
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'nodeId' });
  });

  test('a key that is not there is null', async () => {
    const { data, errors } = await gateway.query('{ usersByPk(username: "nobody") { username } }');
    expect({ data, errors }).toEqual({ data: { usersByPk: null }, errors: [] });
  });
});

describe('values', () => {
  test('that are not valid for their type are null, with an error for their field', async () => {
    const { data, errors } = await gateway.query('{ typedByPk(username: "bob") { username seats ratio } }');
    expect(data.typedByPk).toEqual({ username: 'bob', seats: null, ratio: '1000' });
    expect(errors).toMatchObject([
      { path: ['typedByPk', 'seats'], extensions: { code: 'ROW_VALUE_INVALID' } },
    ]);
    expect(errors[0]?.message).not.toContain('many');
  });

  test('that a NOT NULL column lacks are null, and cost nothing else', async () => {
    const { data, errors } = await gateway.query(
      '{ a: promisedByPk(username: "carol") { username email } b: promisedByPk(username: "bob") { username seats } }',
    );
    expect(data).toEqual({ a: { username: 'carol', email: null }, b: { username: 'bob', seats: null } });
    expect(errors).toMatchObject([{ path: ['b', 'seats'], extensions: { code: 'ROW_VALUE_INVALID' } }]);
  });

  test('are printed as pg_graphql prints them', async () => {
    const { data } = await gateway.query(
      '{ a: typedByPk(username: "alice") { seats ratio } c: typedByPk(username: "carol") { seats tags } d: typedByPk(username: "dave") { day } }',
    );
    expect(data).toEqual({
      a: { seats: '7', ratio: '0.50' },
      c: { seats: '9007199254740993', tags: ['a', 'b c', null] },
      d: { day: '2024-02-29' },
    });
  });
});
