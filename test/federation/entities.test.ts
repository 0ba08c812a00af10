import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import { demoCatalog } from '../support/demo-catalog.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const users = demoUsers(700);
const usernames = users.map(({ Username }) => Username);
const secret = 'a secret of at least thirty-two bytes, for tests';
const token = async (role: string) => ({
  authorization: `Bearer ${await new SignJWT({ role })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))}`,
});

const document = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on CognitoUser { username email }
    ... on Member { sub email }
    ... on Seat { plan }
  }
}`;

const base64 = (text: string) => Buffer.from(text).toString('base64');
const nodeIdOf = (username: string) => base64(`["cognito", "users", ${JSON.stringify(username)}]`);
const attribute = (name: string, user: (typeof users)[number] | undefined) =>
  user?.Attributes?.find(({ Name }) => Name === name)?.Value ?? null;
const entityOf = (username: string) => {
  const user = users.find(({ Username }) => Username === username);
  return user ? { __typename: 'CognitoUser', username, email: attribute('email', user) } : null;
};

/** A table with a key of two columns, and one that its roles see in part. */
const furtherTables = `
create foreign table cognito.seats (plan text options (attribute 'custom:plan'), username text, locale text)
  server cognito_server options (object 'users');
comment on foreign table cognito.seats is '@graphql({"name": "Seat", "primary_key_columns": ["plan", "username"]})';
create foreign table cognito.staff (username text, email text, locale text)
  server cognito_server options (object 'users');
comment on foreign table cognito.staff is '@graphql({"name": "Staff", "policies": {
  "entities_some": {"filter": {"locale": {"eq": "en-GB"}}}, "entities_all": {"filter": {}}}})';`;
const roles = ['entities_all', 'entities_some', 'entities_none', 'entities_keyless'];

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway(
    `${demoCatalog} ${furtherTables}
     ${roles.map((role) => `create role ${role};`).join('')}
     grant usage on schema cognito to ${roles.join(', ')};
     grant select on cognito.staff to entities_all, entities_some, entities_none;
     grant select (email) on cognito.staff to entities_keyless;`,
    users,
    { federation: true, auth: { jwtSecret: secret, anonRole: 'postgres' }, maxAgeMs: 3_600_000 },
  );
});
afterAll(async () => {
  await gateway.database.client.query(`drop owned by ${roles.join(', ')}; drop role ${roles.join(', ')}`);
  await gateway.close();
});

const ask = (representations: readonly unknown[], headers?: Readonly<Record<string, string>>) =>
  gateway.query(document, { representations }, headers);

describe('_entities', () => {
  test('answers by either key, in the requested order, with null for missing ones', async () => {
    const [first = '', second = ''] = usernames;
    const { data, errors } = await ask([
      { __typename: 'CognitoUser', username: second },
      { __typename: 'CognitoUser', nodeId: nodeIdOf(first) },
      { __typename: 'CognitoUser', username: 'nobody' },
      { __typename: 'Member', sub: attribute('sub', users[0]) },
      { __typename: 'CognitoUser', username: second },
    ]);
    expect(errors).toEqual([]);
    expect(data._entities).toEqual([
      entityOf(second),
      entityOf(first),
      null,
      { __typename: 'Member', sub: attribute('sub', users[0]), email: attribute('email', users[0]) },
      entityOf(second),
    ]);
  });

  test('answers by a key of several columns', async () => {
    const plan = attribute('custom:plan', users[3]);
    const username = usernames[3];
    const nodeId = base64(`["cognito", "seats", ${JSON.stringify(plan)}, ${JSON.stringify(username)}]`);
    const { data, errors } = await ask([
      { __typename: 'Seat', username, plan },
      { __typename: 'Seat', nodeId },
      { __typename: 'Seat', username, plan: 'no such plan' },
    ]);
    expect(errors).toEqual([]);
    expect(data._entities).toEqual([{ __typename: 'Seat', plan }, { __typename: 'Seat', plan }, null]);
  });

  test('any list of keys gets exactly the rows that have them', async () => {
    const username = fc.oneof(fc.constantFrom(...usernames), fc.string());
    const representation = fc.record({ username, byNodeId: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(representation, { maxLength: 60 }), async (asked) => {
        const wellFormed = asked.filter((one) => one.username.isWellFormed() && !one.username.includes('\0'));
        const { data, errors } = await ask(
          wellFormed.map((one) => ({
            __typename: 'CognitoUser',
            ...(one.byNodeId ? { nodeId: nodeIdOf(one.username) } : { username: one.username }),
          })),
        );
        expect(errors).toEqual([]);
        expect(data._entities).toEqual(wellFormed.map((one) => entityOf(one.username)));
      }),
      { numRuns: 40 },
    );
  });

  test('reads one snapshot, whatever the number of representations', async () => {
    const { data, errors, extensions } = await ask(
      usernames.map((username) => ({ __typename: 'CognitoUser', username })),
      { 'x-fdw-explain': '1' },
    );
    expect(errors).toEqual([]);
    expect(data._entities).toEqual(usernames.map(entityOf));
    expect(extensions.scans).toHaveLength(1);
    const scans = gateway.observations.filter(({ event }) => event === 'scan-finished');
    expect(scans).toHaveLength(1);
  });

  test('a representation that cannot be read is its own error, and the others have their answers', async () => {
    const alice = { __typename: 'CognitoUser', username: 'alice' };
    const malformed: readonly (readonly [unknown, string, RegExp])[] = [
      [{ __typename: 'Nobody', username: 'alice' }, '.__typename', /a type of this API that has a key/],
      [{ __typename: 'CognitoUserEdge', cursor: 'x' }, '.__typename', /a type of this API that has a key/],
      [{ __typename: 7 }, '.__typename', /but got 7$/],
      [{ username: 'alice' }, '.__typename', /but got nothing$/],
      [{ __typename: 'CognitoUser' }, '', /which is username, or nodeId, but contains none$/],
      [{ __typename: 'Seat', plan: 'free' }, '', /plan and username, or nodeId, but contains plan$/],
      [{ __typename: 'CognitoUser', username: 42 }, '.username', /a value of type String!, but got 42$/],
      [{ __typename: 'CognitoUser', username: null }, '.username', /but got null$/],
      [{ __typename: 'CognitoUser', username: ['alice'] }, '.username', /but got \["alice"\]$/],
      [{ __typename: 'Member', sub: 'alice' }, '.sub', /a value of type UUID!, but got "alice"$/],
      [{ __typename: 'CognitoUser', nodeId: 'alice' }, '.nodeId', /is not a nodeId of this API$/],
      [{ __typename: 'CognitoUser', nodeId: null }, '.nodeId', /is not a nodeId of this API$/],
      [
        { __typename: 'Member', nodeId: nodeIdOf('alice') },
        '.nodeId',
        /the nodeId of another type than Member$/,
      ],
      [
        { __typename: 'Member', nodeId: base64('["cognito", "members", "x"]') },
        '.nodeId',
        /not a valid uuid$/,
      ],
      [{ __typename: '__proto__', username: 'alice' }, '.__typename', /a type of this API/],
      ['alice', '', /must be an object, but got "alice"$/],
      [[alice], '', /must be an object/],
    ];
    const { status, data, errors } = await ask(malformed.flatMap(([one]) => [alice, one]));
    expect(status).toBe(200);
    expect(data._entities).toEqual(malformed.flatMap(() => [entityOf('alice'), null]));
    expect(errors).toHaveLength(malformed.length);
    for (const [i, [, suffix, message]] of malformed.entries()) {
      const index = 2 * i + 1;
      const error = errors.find(({ path }) => path?.[1] === index);
      expect(error).toMatchObject({
        path: ['_entities', index],
        message: expect.stringMatching(message),
        extensions: { code: 'BAD_USER_INPUT', argument: `representations.${index}${suffix}` },
      });
    }
  });

  test('no representations have no entities, and arguments of the wrong shape are refused', async () => {
    expect((await ask([])).data).toEqual({ _entities: [] });
    const { errors } = await gateway.query('{ _entities { __typename } }');
    expect(errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect((await gateway.query(document, { representations: [null] })).errors[0]?.extensions.code).toBe(
      'BAD_USER_INPUT',
    );
  });

  // What is asked again is compiled, and answered on a shorter way.
  test.each([
    [
      'application/graphql-response+json, application/json, multipart/mixed',
      'application/graphql-response+json',
    ],
    ['application/json, application/graphql-response+json', 'application/json'],
    [
      'application/graphql-response+json; charset=utf-8, application/json; charset=utf-8',
      'application/graphql-response+json',
    ],
    ['text/event-stream, */*', 'application/json'],
    ['application/json;q=0.5, application/graphql-response+json', 'application/graphql-response+json'],
    ['*/*', 'application/json'],
  ])('a router that accepts %s gets the very answer it got before, as %s', async (accept, type) => {
    const askAs = async (operationName: string | null) => {
      const response = await fetch(gateway.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: JSON.stringify({
          query: `query Users__1($r: [_Any!]!, $accept: String = "${accept}") {
            _entities(representations: $r) { ... on CognitoUser { email attribute(name: $accept) } } }`,
          variables: { r: [{ __typename: 'CognitoUser', username: 'alice' }] },
          operationName,
        }),
      });
      const { date, age, ...headers } = Object.fromEntries(response.headers);
      return { status: response.status, headers, body: await response.text() };
    };
    const first = await askAs('Users__1');
    expect(first.status).toBe(200);
    expect(first.headers['content-type']).toBe(`${type}; charset=utf-8`);
    expect(JSON.parse(first.body)).toEqual({
      data: { _entities: [{ email: 'alice@example.com', attribute: null }] },
    });
    for (let i = 0; i < 4; i++) expect(await askAs(i % 2 ? null : 'Users__1')).toEqual(first);
    expect(JSON.parse((await askAs('Users__2')).body).errors).toHaveLength(1);
  });

  test('a key that holds a list is only known by its nodeId', async () => {
    const sql = `${demoCatalog}
      create foreign table cognito.labelled (labels text[] options (attribute 'custom:labels'), username text)
        server cognito_server options (object 'users');
      comment on foreign table cognito.labelled is '@graphql({"name": "Labelled", "primary_key_columns": ["labels"]})';`;
    const labelled = { Username: 'x', Attributes: [{ Name: 'custom:labels', Value: '{a,b}' }] };
    const other = await startGateway(sql, [labelled], { federation: true });
    const listed = await other.query('{ labelledCollection { edges { node { nodeId } } } }');
    const { nodeId } = listed.data.labelledCollection.edges[0].node;
    const { data, errors } = await other.query(
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Labelled { username } } }',
      {
        r: [
          { __typename: 'Labelled', nodeId },
          { __typename: 'Labelled', labels: ['a', 'b'] },
        ],
      },
    );
    await other.close();
    expect(data._entities).toEqual([{ username: 'x' }, null]);
    expect(errors.map(({ message }) => message)).toEqual([
      'representations.1 must contain a key of Labelled, which is nodeId, but contains labels',
    ]);
  });

  test('representations can stand in the document itself', async () => {
    const { data, errors } = await gateway.query(
      `query ($name: String) { _entities(representations: [{__typename: "CognitoUser", username: $name}]) {
        ... on CognitoUser { username } } }`,
      { name: 'alice' },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ _entities: [{ username: 'alice' }] });
  });
});

describe('who may see an entity', () => {
  const staff = (names: readonly string[]) => names.map((username) => ({ __typename: 'Staff', username }));
  const british = users.filter((user) => attribute('locale', user) === 'en-GB');
  const other = users.find((user) => attribute('locale', user) !== 'en-GB');
  const names = [british[0]?.Username ?? '', other?.Username ?? '', british[1]?.Username ?? ''];
  const staffDocument = `query ($representations: [_Any!]!) {
    _entities(representations: $representations) { ... on Staff { username } } }`;
  const askStaff = async (role: string) =>
    gateway.query(staffDocument, { representations: staff(names) }, await token(role));

  test('a policy hides rows as if they were missing', async () => {
    const some = await askStaff('entities_some');
    expect(some.errors).toEqual([]);
    expect(some.data._entities).toEqual([{ username: names[0] }, null, { username: names[2] }]);
    expect((await askStaff('entities_all')).data._entities).toEqual(names.map((username) => ({ username })));
    expect((await askStaff('entities_none')).data._entities).toEqual([null, null, null]);
  });

  test('a type that the role may not see is as unknown as one that does not exist', async () => {
    const representations = [
      { __typename: 'CognitoUser', username: 'alice' },
      { __typename: 'Nobody', username: 'alice' },
    ];
    const { data, errors } = await gateway.query(
      'query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename } }',
      { representations },
      await token('entities_all'),
    );
    expect(data._entities).toEqual([null, null]);
    const [hidden, absent] = errors.map(({ message }) => message.replaceAll(/"\w+"|\d/g, '…'));
    expect(hidden).toBe(absent);
  });

  test('a type whose key the role may not see is no entity', async () => {
    const headers = await token('entities_keyless');
    const { errors } = await gateway.query('{ _entities(representations: []) { __typename } }', {}, headers);
    expect(errors[0]?.message).toContain('_entities');
    const { data } = await gateway.query('{ _service { sdl } }', {}, headers);
    expect(data._service.sdl).toContain('type Staff {\n  email: String\n}');
  });
});

describe('_service', () => {
  test('returns what the command prints, the same at every start', async () => {
    const demo = await startGateway(demoCatalog, [], { federation: true });
    const { data } = await demo.query('{ _service { sdl } }');
    await demo.close();
    const printed = await readFile(new URL('../../schema/subgraph.graphql', import.meta.url), 'utf8');
    expect(`${data._service.sdl}\n`).toBe(printed);
  });

  test('tells a role of nothing that it may not see', async () => {
    const { data } = await gateway.query('{ _service { sdl } }', {}, await token('entities_some'));
    expect(data._service.sdl).toContain('type Staff @key(fields: "username") @key(fields: "nodeId") {');
    expect(data._service.sdl).not.toMatch(/CognitoUser|Member|Seat/);
  });

  test('follows introspection, even if it is repeated', async () => {
    const closed = await startGateway(demoCatalog, [], { federation: true, introspection: false });
    for (let i = 0; i < 4; i++) {
      const { data, errors } = await closed.query('{ _service { sdl } }');
      expect(data ?? {}).not.toHaveProperty('_service.sdl');
      expect(errors[0]?.message).toContain('_service: introspection is disabled (--introspection)');
    }
    await closed.close();
  });

  test('does not exist, nor does _entities, if the gateway is not a subgraph', async () => {
    const plain = await startGateway(demoCatalog, []);
    const { data } = await plain.query('{ __schema { queryType { fields { name } } types { name } } }');
    await plain.close();
    expect(data.__schema.queryType.fields.map(({ name }: { name: string }) => name)).toEqual([
      'node',
      'memberByPk',
      'memberCollection',
      'cognitoUserByPk',
      'cognitoUserCollection',
    ]);
    expect(JSON.stringify(data)).not.toMatch(/_Entity|_Any|_Service/);
  });
});

test('the failure of a scan leaves the other root fields of a subgraph their answers', async () => {
  const broken = await startGateway(demoCatalog, [], { federation: true, scanTimeoutMs: 20_000 });
  broken.emulator.faults = { denyAccess: true };
  const { data, errors } = await broken.query(
    `{ cognitoUserCollection { totalCount }
       _entities(representations: [{__typename: "CognitoUser", username: "alice"}]) { __typename } __typename }`,
  );
  await broken.close();
  expect(data).toMatchObject({ cognitoUserCollection: null, _entities: [null], __typename: 'Query' });
  expect(errors.map(({ extensions }) => extensions.code)).toEqual(['SCAN_DENIED', 'SCAN_DENIED']);
});

test('representations that are wrong in thousands of places fail the field once', async () => {
  const query = 'query ($all: [_Any!]!) { _entities(representations: $all) { __typename } }';
  const wrong = (count: number) =>
    Array.from({ length: count }, () => ({ __typename: 'CognitoUser', nodeId: '%' }));
  const gateway = await startGateway(demoCatalog, [], { federation: true });
  const { errors } = await gateway.query(query, { all: wrong(9_000) });
  expect(errors).toMatchObject([{ path: ['_entities'], extensions: { code: 'BAD_USER_INPUT' } }]);
  expect((await gateway.query(query, { all: wrong(100) })).errors).toHaveLength(100);
  await gateway.close();
});

test('the failure of a scan is told once to who asked for thousands of entities, however often', async () => {
  const broken = await startGateway(demoCatalog, [], { federation: true, scanTimeoutMs: 20_000 });
  broken.emulator.faults = { denyAccess: true };
  const representations = Array.from({ length: 9_000 }, (_, i) => ({
    __typename: 'CognitoUser',
    username: `user-${i}`,
  }));
  const query =
    'query ($all: [_Any!]!) { _entities(representations: $all) { ... on CognitoUser { email } } __typename }';
  for (let i = 0; i < 3; i++) {
    const { data, errors } = await broken.query(query, { all: representations });
    expect(data).toEqual({ _entities: null, __typename: 'Query' });
    expect(errors).toMatchObject([{ path: ['_entities'], extensions: { code: 'SCAN_DENIED' } }]);
  }
  await broken.close();
});
