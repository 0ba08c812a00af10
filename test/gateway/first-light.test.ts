import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import { cutToMilliseconds } from '../../src/source/cognito/page.ts';
import { cognitoServer, sevenColumns, twoColumns } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const users = demoUsers(1003);
const emailOf = (user: (typeof users)[number]) =>
  user.Attributes?.find((attribute) => attribute.Name === 'email')?.Value ?? null;

/** Code-point order, as Postgres' C collation has it. */
const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

describe("the tables of the FDW's documentation over a pool with short and empty pages", () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway(`${cognitoServer} ${sevenColumns} ${twoColumns}`, users);
    gateway.emulator.faults = { shortPages: 0.3, emptyPages: { every: 2, run: 3 } };
  });
  afterAll(() => gateway.close());

  async function walk(collection: string, fields: string): Promise<Record<string, unknown>[]> {
    const nodes: Record<string, unknown>[] = [];
    let after: string | null = null;
    do {
      const { data, errors } = await gateway.query(
        `query ($after: Cursor) { page: ${collection}(first: 30, after: $after) {
           edges { node { ${fields} } } pageInfo { hasNextPage endCursor } } }`,
        { after },
      );
      expect(errors).toEqual([]);
      nodes.push(...data.page.edges.map((edge: { node: Record<string, unknown> }) => edge.node));
      after = data.page.pageInfo.hasNextPage ? data.page.pageInfo.endCursor : null;
    } while (after);
    return nodes;
  }

  test('every user arrives exactly once, in the order of the key', async () => {
    const nodes = await walk('usersCollection', 'username');
    expect(nodes.map((node) => node.username)).toEqual(users.map((user) => user.Username).toSorted(byBytes));
  });

  test('both tables show the same users', async () => {
    const nodes = await walk('cognito_usersCollection', 'username email');
    const expected = users.toSorted((a, b) => byBytes(a.Username, b.Username));
    expect(nodes).toEqual(expected.map((user) => ({ username: user.Username, email: emailOf(user) })));
  });

  test('all seven columns have the values that the FDW gives them', async () => {
    const alice = users.find((user) => user.Username === 'alice');
    const { data, errors } = await gateway.query(
      '{ usersByPk(username: "alice") { nodeId username email status enabled created_at updated_at attributes } }',
    );
    expect(errors).toEqual([]);
    expect(data.usersByPk).toMatchObject({
      nodeId: 'WyJjb2duaXRvIiwgInVzZXJzIiwgImFsaWNlIl0=',
      username: 'alice',
      email: alice ? emailOf(alice) : undefined,
      status: alice?.UserStatus,
      enabled: alice?.Enabled,
    });
    expect(data.usersByPk.created_at).toBe(
      new Date(cutToMilliseconds(alice?.UserCreateDate ?? 0)).toISOString().replace(/\.?0*Z$/, ''),
    );
    expect(JSON.parse(data.usersByPk.attributes)).toEqual(
      alice?.Attributes?.map(({ Name, Value }) => ({ [Name]: Value })),
    );
  });

  test('a filter, an order, a page and a count agree with the truth', async () => {
    const { data } = await gateway.query(
      `{ usersCollection(first: 5, offset: 2, filter: {email: {ilike: "%A%"}, enabled: {eq: true}},
           orderBy: [{status: AscNullsLast}, {email: DescNullsLast}]) {
           totalCount edges { node { username } } pageInfo { hasNextPage hasPreviousPage } } }`,
    );
    const matching = users.filter((user) => user.Enabled && /a/i.test(emailOf(user) ?? ''));
    const ordered = matching.toSorted(
      (a, b) =>
        byBytes(a.UserStatus ?? '', b.UserStatus ?? '') ||
        byBytes(emailOf(b) ?? '', emailOf(a) ?? '') ||
        byBytes(a.Username, b.Username),
    );
    expect(data.usersCollection).toEqual({
      totalCount: matching.length,
      edges: ordered.slice(2, 7).map((user) => ({ node: { username: user.Username } })),
      pageInfo: { hasNextPage: true, hasPreviousPage: true },
    });
  });

  test('nothing of a query is pushed down, and one scan answered all of them', () => {
    const scans = gateway.emulator.requests.filter((request) => request.operation === 'ListUsers');
    for (const { body } of scans) {
      expect(body).not.toHaveProperty('Filter');
      expect(body).not.toHaveProperty('AttributesToGet');
      expect(body).toHaveProperty('Limit', 60);
    }
    expect(
      scans.filter(({ body }) => !(typeof body === 'object' && body && 'PaginationToken' in body)),
    ).toHaveLength(1);
  });

  test('a table of which nothing is wrong leaves no problem', () => {
    expect(gateway.gateway.model.problems).toEqual([]);
  });
});
