import { useHttpCache } from '@graphql-hive/gateway';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ListeningSubgraph } from '../../examples/federation/listen.ts';
import { startOrders } from '../../examples/federation/orders.ts';
import { askSdl, compose, startRouter } from '../../examples/federation/supergraph.ts';
import { demoUsers } from '../../src/emulator/population.ts';
import { demoCatalog } from '../support/demo-catalog.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { rivalSdl } from './subgraphs.ts';

const users = demoUsers(600);
const usernames = users.map(({ Username }) => Username);
const emailOf = (username: string) =>
  users.find(({ Username }) => Username === username)?.Attributes?.find(({ Name }) => Name === 'email')
    ?.Value ?? null;
/** Each of 500 users has placed one; the last was placed by a user that is gone. */
const orders = [...usernames.slice(0, 500), 'gone'].map((customer, i) => ({
  id: `${i}`,
  total: i,
  customer,
}));

const secret = 'a secret of at least thirty-two bytes, for tests';
const token = async (role: string) => ({
  authorization: `Bearer ${await new SignJWT({ role })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))}`,
});

/** A user that cannot be had: the order still tells its key, and so the router makes null of the other fields. */
const absent = { email: null };

let gateway: TestGateway;
let ordersSubgraph: ListeningSubgraph;
let router: ListeningSubgraph;
let supergraph: string;
/** The addresses that the router has asked. */
let asked: string[] = [];

beforeAll(async () => {
  gateway = await startGateway(
    `${demoCatalog} create role supergraph_blind;
     create foreign table cognito.staff (username text, locale text)
       server cognito_server options (object 'users');
     comment on foreign table cognito.staff is '@graphql({"name": "Staff", "policies": {
       "postgres": {"filter": {"locale": {"eq": "en-GB"}}}}})';`,
    users,
    { federation: true, auth: { jwtSecret: secret, anonRole: 'postgres' } },
  );
  ordersSubgraph = await startOrders(orders);
  supergraph = compose([
    { name: 'users', url: gateway.url, sdl: await askSdl(gateway.url) },
    { name: 'orders', url: ordersSubgraph.url, sdl: await askSdl(ordersSubgraph.url) },
    // Nobody asks this one: that it is there must not matter.
    { name: 'rival', url: 'http://127.0.0.1:1/graphql', sdl: rivalSdl },
  ]);
  router = await startRouter(supergraph, 0, {
    plugins: () => [
      {
        onFetch({ url }) {
          asked.push(url);
        },
      },
    ],
  });
});
beforeEach(() => {
  asked = [];
});
afterAll(async () => {
  await router.close();
  await ordersSubgraph.close();
  await gateway.database.client.query('drop role supergraph_blind');
  await gateway.close();
});

async function query(
  document: string,
  variables: object = {},
  headers: Readonly<Record<string, string>> = {},
  { url } = router,
) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: document, variables }),
  });
  return response.json();
}

describe('a supergraph with users and orders', () => {
  test('joins from orders to users, and back through the type that orders extend', async () => {
    const { data, errors } = await query(
      '{ orders(first: 2) { id customer { username email label orders { total } } } }',
    );
    expect(errors).toBeUndefined();
    expect(data.orders).toEqual(
      orders.slice(0, 2).map(({ id, total, customer }) => ({
        id,
        customer: {
          username: customer,
          email: emailOf(customer),
          label: emailOf(customer) ? `${customer} <${emailOf(customer)}>` : customer,
          orders: [{ total }],
        },
      })),
    );
  });

  test('joins from users to orders, with filters, orders, pages and counts as without the router', async () => {
    const selection = `(first: 3, filter: {username: {gt: "google"}, and: [{enabled: {eq: true}}]},
      orderBy: [{created_at: DescNullsLast}]) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node {
      nodeId username created_at attributes } } }`;
    const direct = await gateway.query(`{ cognitoUserCollection${selection} }`);
    const joined = await query(
      `{ cognitoUserCollection${selection.replace('attributes', 'attributes orders { id }')} }`,
    );
    expect(joined.errors).toBeUndefined();
    const { edges, ...rest } = joined.data.cognitoUserCollection;
    const { edges: directEdges, ...directRest } = direct.data.cognitoUserCollection;
    expect(rest).toEqual(directRest);
    expect(directEdges).toHaveLength(3);
    for (const [i, { cursor, node }] of directEdges.entries()) {
      const own = orders.filter(({ customer }) => customer === node.username).map(({ id }) => ({ id }));
      expect(edges[i]).toEqual({ cursor, node: { ...node, orders: own } });
    }
  });

  test('takes filters and orders as variables under their own names', async () => {
    const { data, errors } = await query(
      `query ($filter: CognitoUserFilter, $order: [CognitoUserOrderBy!], $by: CognitoUserStringFilter) {
        one: cognitoUserCollection(filter: $filter, orderBy: $order) { edges { node { username } } }
        other: cognitoUserCollection(filter: {username: $by}) { totalCount } }`,
      {
        filter: { username: { in: ['alice', usernames[1]] } },
        order: [{ username: 'DescNullsLast' }],
        by: { eq: 'alice' },
      },
    );
    expect(errors).toBeUndefined();
    const found = ['alice', usernames[1] ?? ''].toSorted((a, b) =>
      Buffer.compare(Buffer.from(b), Buffer.from(a)),
    );
    expect(data).toEqual({
      one: { edges: found.map((username) => ({ node: { username } })) },
      other: { totalCount: 1 },
    });
  });

  test('asks for 500 users of 500 orders once', async () => {
    const { data, errors } = await query('{ orders(first: 500) { id customer { email status } } }');
    expect(errors).toBeUndefined();
    expect(data.orders).toEqual(
      orders.slice(0, 500).map(({ id, customer }) => ({
        id,
        customer: {
          email: emailOf(customer),
          status: users.find(({ Username }) => Username === customer)?.UserStatus,
        },
      })),
    );
    expect(asked.filter((url) => url === gateway.url)).toHaveLength(1);
  });

  test('a user that is gone leaves its order', async () => {
    const { data } = await query('{ orders(first: 501) { id customer { email } } }');
    expect(data.orders.at(-1)).toEqual({ id: '500', customer: absent });
    expect(data.orders.slice(0, -1).every(({ customer }: { customer: unknown }) => customer !== null)).toBe(
      true,
    );
  });

  test('the failure of one subgraph is an error of the fields that need it, and the rest is answered', async () => {
    const failing = await startGateway(demoCatalog, users, { federation: true });
    failing.emulator.faults = { denyAccess: true };
    const broken = await startRouter(
      compose([
        { name: 'users', url: failing.url, sdl: await askSdl(failing.url) },
        { name: 'orders', url: ordersSubgraph.url, sdl: await askSdl(ordersSubgraph.url) },
      ]),
    );
    const { data, errors } = await query(
      '{ orders(first: 2) { id total customer { email } } }',
      {},
      {},
      broken,
    );
    await broken.close();
    await failing.close();
    expect(data.orders).toEqual([
      { id: '0', total: 0, customer: absent },
      { id: '1', total: 1, customer: absent },
    ]);
    expect(errors.length).toBeGreaterThan(0);
    for (const { extensions } of errors) expect(extensions.code).toBe('SCAN_DENIED');
    expect(JSON.stringify(errors)).not.toMatch(/arn:|demo_secret/);
  });

  test('the failure of the other leaves users their answers', async () => {
    const alone = await startRouter(
      compose([
        { name: 'users', url: gateway.url, sdl: await askSdl(gateway.url) },
        { name: 'orders', url: 'http://127.0.0.1:1/graphql', sdl: await askSdl(ordersSubgraph.url) },
      ]),
    );
    const { data, errors } = await query(
      '{ cognitoUserByPk(username: "alice") { email } orders { id } }',
      {},
      {},
      alone,
    );
    await alone.close();
    expect(data).toEqual({ cognitoUserByPk: { email: 'alice@example.com' }, orders: null });
    expect(errors).toMatchObject([{ path: ['orders'] }]);
  });

  test('the caller of the router is the caller of the gateway', async () => {
    const document = '{ orders(first: 1) { id customer { email } } }';
    const anonymous = await query(document);
    expect(anonymous.data.orders[0].customer).toEqual({ email: 'alice@example.com' });
    const blind = await query(document, {}, await token('supergraph_blind'));
    expect(blind.data.orders).toEqual([{ id: '0', customer: absent }]);
    expect(blind.errors.length).toBeGreaterThan(0);
    const forged = await query(document, {}, { authorization: 'Bearer forged' });
    expect(forged.data.orders).toEqual([{ id: '0', customer: absent }]);
    expect(forged.errors[0].extensions.code).toBe('UNAUTHENTICATED');
  });

  test('a policy hides the same rows as without the router', async () => {
    const british = users.filter(({ Attributes }) =>
      Attributes?.some(({ Name, Value }) => Name === 'locale' && Value === 'en-GB'),
    );
    const { data } = await query('{ staffCollection { totalCount } }', {}, await token('postgres'));
    expect(data.staffCollection.totalCount).toBe(british.length);
  });

  test('a router may compress its requests, and gets compressed answers', async () => {
    const exchanged: (string | null)[] = [];
    const compressing = await startRouter(supergraph, 0, {
      contentEncoding: { subgraphs: ['users'] },
      plugins: () => [
        {
          onFetch({ url, options }) {
            return ({ response }) => {
              if (url !== gateway.url) return;
              exchanged.push(new Headers(options.headers).get('content-encoding'));
              exchanged.push(response.headers.get('content-encoding'));
            };
          },
        },
      ],
    });
    const large = '{ cognitoUserCollection(first: 30) { edges { node { username attributes } } } }';
    expect(await query(large, {}, {}, compressing)).toEqual(await query(large));
    await compressing.close();
    expect(exchanged).toEqual(['gzip', expect.stringMatching(/^(gzip|br)$/)]);
  });

  test('a router plans a document once, and its subgraph answers every time', async () => {
    const document = 'query Again($first: Int) { orders(first: $first) { id customer { username email } } }';
    for (const first of [1, 2, 3]) {
      asked = [];
      const { data, errors } = await query(document, { first });
      expect(errors).toBeUndefined();
      expect(data.orders).toHaveLength(first);
      expect(asked).toEqual([ordersSubgraph.url, gateway.url]);
    }
  });

  test('answers in parts are refused, by the router and without it', async () => {
    const document = '{ cognitoUserCollection { totalCount ... @defer { edges { node { username } } } } }';
    for (const { url } of [router, gateway]) {
      const { data, errors } = await query(document, {}, {}, { url, close: async () => {} });
      expect(data ?? null).toBeNull();
      expect(errors).toMatchObject([{ message: expect.stringContaining('@defer') }]);
    }
  });

  test('a router may cache public answers while they are fresh, and no private ones', async () => {
    const users = await startGateway(demoCatalog, demoUsers(3), {
      federation: true,
      auth: { jwtSecret: secret, anonRole: 'postgres' },
    });
    const caching = await startRouter(
      compose([{ name: 'users', url: users.url, sdl: await askSdl(users.url) }]),
      0,
      {
        plugins: () => [useHttpCache({ cache: memoryCache() })],
      },
    );
    const caller = await token('postgres');
    const read = (headers = {}) =>
      query('{ cognitoUserByPk(username: "alice") { email } }', {}, headers, caching);
    const answer = { data: { cognitoUserByPk: { email: 'alice@example.com' } } };
    expect(await read(caller)).toEqual(answer);
    expect(await read()).toEqual(answer);
    await users.close();
    expect(await read()).toEqual(answer);
    expect(await read(caller)).toMatchObject({ errors: [{}] });
    await caching.close();
  });

  test('a router that says itself which encodings it takes may keep compressed answers', async () => {
    const users = await startGateway(demoCatalog, demoUsers(30), { federation: true });
    const caching = await startRouter(
      compose([{ name: 'users', url: users.url, sdl: await askSdl(users.url) }]),
      0,
      {
        propagateHeaders: { fromClientToSubgraphs: () => ({ 'accept-encoding': 'gzip' }) },
        plugins: () => [useHttpCache({ cache: memoryCache() })],
      },
    );
    const large = '{ cognitoUserCollection(first: 30) { edges { node { username attributes } } } }';
    const first = await query(large, {}, {}, caching);
    expect(first.data.cognitoUserCollection.edges).toHaveLength(30);
    await users.close();
    expect(await query(large, {}, {}, caching)).toEqual(first);
    await caching.close();
  });
});

/** What a router keeps answers in. */
function memoryCache<T>() {
  const entries = new Map<string, T>();
  return {
    get: async (key: string) => entries.get(key),
    set: async (key: string, value: T) => void entries.set(key, value),
    delete: async (key: string) => entries.delete(key),
    getKeysByPrefix: async (prefix: string) => [...entries.keys()].filter((key) => key.startsWith(prefix)),
  };
}
