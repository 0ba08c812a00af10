import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
const seen: string[] = [];

beforeAll(async () => {
  gateway = await startGateway(`${cognitoServer} ${sevenColumns}`, demoUsers(20), {
    limits: { bodyBytes: 10_000 },
    corsOrigins: ['https://app.example'],
    plugins: [
      {
        onRequest({ request }) {
          seen.push(request.method);
        },
        onResponse({ response }) {
          response.headers.set('x-plugin', 'was here');
        },
      },
    ],
  });
  await gateway.query('{ usersCollection { totalCount } }');
});
afterAll(() => gateway.close());

/** What of a response does not depend on its transport. */
async function essence(response: Response) {
  const names = ['content-type', 'cache-control', 'vary', 'allow', 'access-control-allow-origin'];
  const headers = Object.fromEntries(names.map((name) => [name, response.headers.get(name)]));
  return { status: response.status, headers, body: await response.text() };
}

const post = (body: string, headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body,
});
const query = (text: string) => JSON.stringify({ query: text });

describe('a fetch request gets the same answer as over the network', () => {
  test.each<[string, RequestInit]>([
    ['a query', post(query('{ usersCollection(first: 3) { totalCount edges { node { username } } } }'))],
    ['an error', post(query('{ usersCollection(first: -3) { totalCount } }'))],
    ['no GraphQL', post(query('{'))],
    ['no GraphQL, asked strictly', post(query('{'), { accept: 'application/graphql-response+json' })],
    ['no JSON', post('{')],
    ['a body that is too large', post(' '.repeat(20_000))],
    ['another origin', post(query('{ __typename }'), { origin: 'https://app.example' })],
    ['a foreign origin', post(query('{ __typename }'), { origin: 'https://evil.example' })],
    ['another method', { method: 'DELETE', headers: { 'content-type': 'application/json' } }],
    ['a GET that any page could send', { method: 'GET' }],
    ['an unknown encoding', post('x', { 'content-encoding': 'zstd' })],
    ['what a browser asks first', { method: 'OPTIONS', headers: { origin: 'https://app.example' } }],
  ])('%s', async (_case, init) => {
    const expected = await essence(await fetch(gateway.url, init));
    expect(await essence(await gateway.gateway.fetch(new Request(gateway.url, init)))).toEqual(expected);
  });

  test('with plugins around it', async () => {
    seen.length = 0;
    const response = await gateway.gateway.fetch(new Request(gateway.url, post(query('{ __typename }'))));
    expect(seen).toEqual(['POST']);
    expect(response.headers.get('x-plugin')).toBe('was here');
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  });
});
