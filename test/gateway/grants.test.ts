import fc from 'fast-check';
import { GraphQLObjectType } from 'graphql';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/open-catalog.ts';
import { demoUsers } from '../../src/emulator/population.ts';
import { describeCatalog } from '../../src/gateway/catalog-reading.ts';
import { RoleSchemas } from '../../src/graphql/role-schemas.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { cognitoServer, sevenColumns, twoColumns } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const columns = ['username', 'email', 'status', 'enabled', 'created_at', 'updated_at', 'attributes'] as const;

describe('the columns that a role sees', () => {
  let database: TestDatabase;
  const roles = Array.from({ length: 6 }, (_, i) => `grants_role_${i}`);

  beforeAll(async () => {
    database = await createDatabase(`${cognitoServer} ${sevenColumns}
      ${roles.map((role) => `create role ${role};`).join('')}`);
  });
  afterAll(async () => {
    await database.client.query(`drop owned by ${roles.join(', ')}; drop role ${roles.join(', ')}`);
    await database.drop();
  });

  /** One change of privileges, as SQL. */
  const change = fc.oneof(
    fc
      .tuple(
        fc.constantFrom('grant', 'revoke'),
        fc.constantFrom(...roles, 'public'),
        fc.subarray([...columns], { minLength: 1 }),
      )
      .map(
        ([verb, role, some]) =>
          `${verb} select (${some.join(', ')}) on cognito.users ${verb === 'grant' ? 'to' : 'from'} ${role}`,
      ),
    fc
      .tuple(fc.constantFrom('grant', 'revoke'), fc.constantFrom(...roles, 'public'))
      .map(([verb, role]) => `${verb} select on cognito.users ${verb === 'grant' ? 'to' : 'from'} ${role}`),
    fc
      .tuple(fc.constantFrom('grant', 'revoke'), fc.constantFrom(...roles, 'public'))
      .map(([verb, role]) => `${verb} usage on schema cognito ${verb === 'grant' ? 'to' : 'from'} ${role}`),
    // A role only ever inherits from one of a lower number, so that there are no circles.
    fc
      .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 }))
      .filter(([from, to]) => from < to)
      .map(([from, to]) => `grant ${roles[from]} to ${roles[to]}`),
  );

  test('are those of has_column_privilege, for random grants and memberships', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
        await database.client.query('begin');
        for (const sql of changes) await database.client.query(sql);
        await database.client.query('commit');
        const catalog = await openCatalog({ databaseUrl: database.url });
        const { definition, model } = await describeCatalog(catalog, {});
        await catalog.close();
        const schemas = new RoleSchemas(model, definition.roles, { federation: false });
        for (const role of roles) {
          const { rows } = await database.client.query<{ column: string }>(
            `select name as column from unnest($1::text[]) name
             where has_schema_privilege($2, 'cognito', 'usage') and has_column_privilege($2, 'cognito.users', name, 'select')`,
            [columns, role],
          );
          const type = schemas.of(role).schema.getType('users');
          const fields = type instanceof GraphQLObjectType ? Object.keys(type.getFields()) : [];
          expect(
            fields.filter((field) => field !== 'nodeId' && field !== 'attribute').toSorted(),
            role,
          ).toEqual(rows.map((row) => row.column).toSorted());
          expect(fields.includes('nodeId')).toBe(fields.includes('username'));
          expect(fields.includes('attribute')).toBe(fields.includes('attributes'));
        }
      }),
      { numRuns: 25 },
    );
  });
});

const secret = 'a secret of at least thirty-two bytes, for tests';
const token = (claims: Record<string, unknown>) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret));
const users = demoUsers(200);
const tenantOf = (user: (typeof users)[number]) =>
  user.Attributes?.find(({ Name }) => Name === 'custom:tenant')?.Value;

describe('grants and policies over HTTP', () => {
  let gateway: TestGateway;
  const policies = JSON.stringify({
    policies: {
      policy_admin: { filter: {} },
      policy_tenant: { filter: { tenant: { eq: { claim: 'app_metadata.tenant' } } } },
      policy_gap: { filter: { tenant: { claim: 'tenant' } } },
      policy_self: { filter: { username: { in: { claim: 'names' } } } },
    },
  });
  const roles = ['policy_admin', 'policy_tenant', 'policy_gap', 'policy_self', 'policy_none'];

  beforeAll(async () => {
    gateway = await startGateway(
      `${cognitoServer} ${sevenColumns} ${twoColumns}
       create foreign table cognito.members (username text, tenant uuid options (attribute 'custom:tenant'), email text)
         server cognito_server options (object 'users');
       comment on foreign table cognito.members is '@graphql({"aggregate": {"enabled": true}, ${policies.slice(1, -1)}})';
       ${roles.map((role) => `create role ${role};`).join('')}
       grant usage on schema cognito to ${roles.join(', ')};
       grant select on cognito.members to policy_admin, policy_gap, policy_self, policy_none;
       grant select (username, email) on cognito.members to policy_tenant;`,
      users,
      { auth: { jwtSecret: secret } },
    );
  });
  afterAll(async () => {
    await gateway.database.client.query(`drop owned by ${roles.join(', ')}; drop role ${roles.join(', ')}`);
    await gateway.close();
  });

  const ask = async (claims: Record<string, unknown>, query: string) =>
    gateway.query(query, {}, { authorization: `Bearer ${await token(claims)}` });
  const names = (data: { membersCollection: { edges: { node: { username: string } }[] } }) =>
    data.membersCollection.edges.map((edge) => edge.node.username);
  const all =
    '{ membersCollection { totalCount aggregate { count } edges { node { username } } pageInfo { hasNextPage } } }';
  const someTenant = users.map(tenantOf).find((tenant) => tenant !== undefined) ?? '';
  const ofTenant = users.filter((user) => tenantOf(user) === someTenant);
  const outsider = users.find((user) => tenantOf(user) !== someTenant)?.Username ?? '';

  test('without a token, or with one that is not verified, there is no answer', async () => {
    expect(await gateway.query('{ __typename }')).toMatchObject({
      status: 401,
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect((await gateway.query('{ __typename }', {}, { authorization: 'Bearer x.y.z' })).status).toBe(401);
  });

  test('a table that the role may not read does not exist, as a misspelt one', async () => {
    const hidden = await ask({ role: 'policy_admin' }, '{ usersCollection { totalCount } }');
    const misspelt = await ask({ role: 'policy_admin' }, '{ usirsCollection { totalCount } }');
    expect(hidden.errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(hidden.errors[0]?.message.replace('usersC', 'usirsC')).toBe(misspelt.errors[0]?.message);
  });

  test('a nodeId of a table that the role may not read is like one of no table', async () => {
    const id = (table: string) => Buffer.from(`["cognito", "${table}", "alice"]`).toString('base64');
    const hidden = await ask({ role: 'policy_admin' }, `{ node(nodeId: "${id('users')}") { nodeId } }`);
    const absent = await ask({ role: 'policy_admin' }, `{ node(nodeId: "${id('nowhere')}") { nodeId } }`);
    expect(hidden.errors).toEqual(absent.errors);
  });

  test('a role without a policy sees no rows; an empty filter sees all', async () => {
    expect((await ask({ role: 'policy_none' }, all)).data.membersCollection).toEqual({
      totalCount: 0,
      aggregate: { count: 0 },
      edges: [],
      pageInfo: { hasNextPage: false },
    });
    expect((await ask({ role: 'policy_admin' }, all)).data.membersCollection.totalCount).toBe(users.length);
  });

  test('a claim selects rows by a column that the role itself cannot read', async () => {
    const { data } = await ask({ role: 'policy_tenant', app_metadata: { tenant: someTenant } }, all);
    expect(data.membersCollection.totalCount).toBe(ofTenant.length);
    expect(data.membersCollection.aggregate.count).toBe(ofTenant.length);
    expect(new Set(names(data))).toEqual(
      new Set(
        ofTenant
          .map((user) => user.Username)
          .toSorted()
          .slice(0, 30),
      ),
    );
    const { errors } = await ask(
      { role: 'policy_tenant' },
      '{ membersCollection { edges { node { tenant } } } }',
    );
    expect(errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  test.each([
    ['absent', {}],
    ['of the wrong type', { app_metadata: { tenant: 7 } }],
    ['null', { app_metadata: { tenant: null } }],
    ['an object', { app_metadata: { tenant: {} } }],
  ])('a claim that is %s matches nothing', async (_, claims) => {
    expect((await ask({ role: 'policy_tenant', ...claims }, all)).data.membersCollection.totalCount).toBe(0);
  });

  test('a policy that makes no sense hides all rows, and is a problem', async () => {
    expect(
      (await ask({ role: 'policy_gap', tenant: someTenant }, all)).data.membersCollection.totalCount,
    ).toBe(0);
    expect(gateway.gateway.model.problems).toMatchObject([
      { object: 'cognito.members', reason: expect.stringContaining('policy_gap') },
    ]);
  });

  test('a list of names in a claim can be matched with in', async () => {
    const { data } = await ask({ role: 'policy_self', names: ['alice', outsider] }, all);
    expect(names(data).toSorted()).toEqual(['alice', outsider].toSorted());
  });

  test('a hidden row is not there by key or by nodeId either', async () => {
    const id = Buffer.from(`["cognito", "members", "${outsider}"]`).toString('base64');
    const query = `{ membersByPk(username: "${outsider}") { username } node(nodeId: "${id}") { nodeId } }`;
    const { data, errors } = await ask(
      { role: 'policy_tenant', app_metadata: { tenant: someTenant } },
      query,
    );
    expect({ data, errors }).toEqual({ data: { membersByPk: null, node: null }, errors: [] });
    expect((await ask({ role: 'policy_admin' }, query)).data.membersByPk).toEqual({ username: outsider });
  });

  test("the caller's own filter narrows a policy, and cannot widen it", async () => {
    const query = `{ membersCollection(filter: {or: [{username: {is: NOT_NULL}}, {not: {username: {is: NOT_NULL}}}]}) {
      totalCount } }`;
    const { data } = await ask({ role: 'policy_tenant', app_metadata: { tenant: someTenant } }, query);
    expect(data.membersCollection.totalCount).toBe(ofTenant.length);
  });
});
