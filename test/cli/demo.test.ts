import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run, type Serving, serve } from '../support/command.ts';

/** Asks the demo as the bearer of a token, or as nobody. */
async function ask(demo: Serving, query: string, token?: string) {
  const response = await fetch(demo.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

/** The line of the log that says what to try. */
async function invitation(demo: Serving): Promise<{ curl: string; tokens: Record<string, string> }> {
  const find = () => demo.lines.find((line) => JSON.parse(line).event === 'demo');
  await expect.poll(find).toBeDefined();
  return JSON.parse(find() ?? '');
}

describe('demo', () => {
  let demo: Serving;
  beforeAll(async () => {
    demo = await serve(['demo', '--users', '321']);
  });
  afterAll(async () => {
    expect(await demo.stop('SIGTERM')).toBe(0);
  });

  test('serves an emulated pool with the given number of users', async () => {
    const { data } = await ask(
      demo,
      '{ cognitoUserCollection { totalCount } memberCollection { totalCount } }',
    );
    expect(data).toEqual({
      cognitoUserCollection: { totalCount: 321 },
      memberCollection: { totalCount: 321 },
    });
  });

  test('has orders beside the users, joined both ways', async () => {
    const { data } = await ask(
      demo,
      `{ cognitoUserCollection(filter: {username: {eq: "alice"}}) { edges { node {
        orders { totalCount edges { node { total buyer { username } } } } } } } orderCollection { totalCount } }`,
    );
    const [alice] = data.cognitoUserCollection.edges;
    expect(alice.node.orders.totalCount).toBe(5);
    expect(alice.node.orders.edges[0].node).toMatchObject({
      total: expect.stringMatching(/^\d+\.\d\d$/),
      buyer: { username: 'alice' },
    });
    expect(data.orderCollection.totalCount).toBeGreaterThan(321);
  });

  test('scans before anybody asks', async () => {
    await expect.poll(() => demo.lines.join('\n')).toContain('scan-finished');
  });

  test('has users who signed up within the last months', async () => {
    const newest = '{ cognitoUserCollection { aggregate { max { created_at } } } }';
    const { data } = await ask(demo, newest);
    const days =
      (Date.now() - Date.parse(`${data.cognitoUserCollection.aggregate.max.created_at}Z`)) / 86_400_000;
    expect(days).toBeGreaterThanOrEqual(0);
    expect(days).toBeLessThan(90);
  });

  test('says how to ask it from a command line', async () => {
    const { curl } = await invitation(demo);
    const [, url, body] = /^curl (\S+) -H 'content-type: application\/json' -d '(.+)'$/.exec(curl) ?? [];
    expect(url).toBe(demo.url);
    expect(await ask(demo, JSON.parse(body ?? '').query)).toEqual({
      data: { cognitoUserCollection: { totalCount: 321 } },
    });
  });
});

describe('demo --auth', () => {
  let demo: Serving;
  beforeAll(async () => {
    demo = await serve(['demo', '--auth', '--users', '321']);
  });
  afterAll(() => demo.stop('SIGTERM'));

  test('prints tokens of three roles, of which each sees more than the one before', async () => {
    const { tokens } = await invitation(demo);
    expect(Object.keys(tokens)).toEqual(['anon', 'authenticated', 'service_role']);
    const counted: (number | undefined)[] = [];
    for (const token of Object.values(tokens)) {
      const { data } = await ask(
        demo,
        '{ cognitoUserCollection(first: 1) { totalCount edges { node { email } } } }',
        token,
      );
      counted.push(data?.cognitoUserCollection.totalCount);
    }
    expect(counted).toEqual([undefined, 1, 321]);
  });

  test('a visitor sees when users signed up, but not who they are', async () => {
    const { data } = await ask(
      demo,
      '{ cognitoUserCollection(first: 1) { totalCount edges { node { status created_at } } } }',
    );
    expect(data.cognitoUserCollection.totalCount).toBe(321);
    for (const hidden of ['memberCollection', 'orderCollection']) {
      const { errors } = await ask(demo, `{ ${hidden} { totalCount } }`);
      expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
    }
  });

  test('alice sees her own account and orders, and the members of her tenant', async () => {
    const { tokens } = await invitation(demo);
    const { data } = await ask(
      demo,
      `{ cognitoUserCollection { edges { node { username } } } memberCollection { edges { node { tenant } } }
        orderCollection { edges { node { username } } } }`,
      tokens.authenticated,
    );
    expect(data.orderCollection.edges).toEqual(Array(5).fill({ node: { username: 'alice' } }));
    expect(data.cognitoUserCollection.edges).toEqual([{ node: { username: 'alice' } }]);
    const tenants = data.memberCollection.edges.map(({ node }: { node: { tenant: string } }) => node.tenant);
    expect(tenants.length).toBeGreaterThan(1);
    expect(new Set(tenants).size).toBe(1);
  });
});

test('demo --auth refuses to verify tokens that others sign', async () => {
  const ended = await run(['demo', '--auth', '--jwt-secret', 'a-secret-of-someone-else-of-32-bytes']);
  expect(ended.stderr).toBe(
    'fdw-graphql: demo --auth signs its own tokens: it cannot be combined with --jwt-secret\n',
  );
  expect(ended.code).toBe(2);
});
