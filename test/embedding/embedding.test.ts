import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createServer as createFastify } from '../../examples/embedding/fastify.ts';
import { createApp } from '../../examples/embedding/hono.ts';
import { createHandler } from '../../examples/embedding/lambda.ts';
import { demoUsers } from '../../src/emulator/population.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const query = '{ usersByPk(username: "alice") { email } }';
const answer = { data: { usersByPk: { email: 'alice@example.com' } } };
const headers = { 'content-type': 'application/json' };
const body = JSON.stringify({ query });

let started: TestGateway;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  started = await startGateway(`${cognitoServer} ${sevenColumns}`, demoUsers(30));
});

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

afterAll(() => started?.close());

test('a node:http server of its own', async () => {
  const server = createServer(started.gateway.listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST', headers, body });
  expect(await response.json()).toEqual(answer);
});

test('Fastify', async () => {
  const app = createFastify(started.gateway);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  closing.push(() => app.close());
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
  expect(await response.json()).toEqual(answer);
  expect(await (await fetch(url)).text()).toBe('hello');
});

test('Hono', async () => {
  const app = createApp(started.gateway);
  const response = await app.request('/graphql', { method: 'POST', headers, body });
  expect(await response.json()).toEqual(answer);
  expect(await (await app.request('/')).text()).toBe('hello');
});

test('a route of Next.js', async () => {
  process.env.DATABASE_URL = started.database.url;
  closing.push(() => {
    delete process.env.DATABASE_URL;
  });
  const { POST } = await import('../../examples/embedding/next-route.ts');
  const response = await POST(new Request('http://app.example/graphql', { method: 'POST', headers, body }));
  expect(await response.json()).toEqual(answer);
});

test('AWS Lambda', async () => {
  const handler = createHandler(Promise.resolve(started.gateway));
  const event = {
    rawPath: '/graphql',
    rawQueryString: '',
    headers,
    isBase64Encoded: true,
    body: Buffer.from(body).toString('base64'),
    requestContext: { domainName: 'abc.lambda-url.eu-central-1.on.aws', http: { method: 'POST' } },
  };
  const result = await handler(event);
  expect(result.statusCode).toBe(200);
  expect(JSON.parse(Buffer.from(result.body, 'base64').toString())).toEqual(answer);
});

test('GraphiQL comes with fetch', async () => {
  const response = await started.gateway.fetch('http://app.example/graphql', {
    headers: { accept: 'text/html' },
  });
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
});
