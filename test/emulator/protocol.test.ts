import { connect } from 'node:net';
import {
  DescribeUserPoolCommand,
  ListGroupsCommand,
  type ListUsersCommandInput,
} from '@aws-sdk/client-cognito-identity-provider';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { clientFor, listPage, plainUsers, poolId, startForTest } from './pool-client.ts';
import { sendRaw, signedHeaders } from './raw-request.ts';

const target = 'AWSCognitoIdentityProviderService';

test('DescribeUserPool tells how many users there are', async () => {
  const emulator = await startForTest(plainUsers(12));
  emulator.pool(poolId).pop();
  const client = clientFor(emulator.url);
  const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId: poolId }));
  expect(UserPool).toMatchObject({ Id: poolId, EstimatedNumberOfUsers: 11 });
  expect(emulator.requests).toMatchObject([{ operation: 'DescribeUserPool', outcome: 'description' }]);
});

test('DescribeUserPool can be forbidden', async () => {
  const emulator = await startForTest([], { describeAllowed: false });
  const client = clientFor(emulator.url);
  await expect(client.send(new DescribeUserPoolCommand({ UserPoolId: poolId }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
  expect((await listPage(client)).Users).toEqual([]);
});

test.each<[Partial<ListUsersCommandInput>, string]>([
  [{ UserPoolId: 'us-east-1_Absent' }, 'ResourceNotFoundException'],
  [{ UserPoolId: 'no pool' }, 'InvalidParameterException'],
  [{ Limit: 61 }, 'InvalidParameterException'],
  [{ Limit: -1 }, 'InvalidParameterException'],
])('%j is refused with %s', async (input, name) => {
  const emulator = await startForTest(plainUsers(3));
  await expect(listPage(clientFor(emulator.url), input)).rejects.toMatchObject({ name });
});

test('other operations are refused', async () => {
  const emulator = await startForTest([]);
  const groups = clientFor(emulator.url).send(new ListGroupsCommand({ UserPoolId: poolId }));
  await expect(groups).rejects.toMatchObject({ name: 'UnknownOperationException' });
  expect(emulator.requests).toMatchObject([{ operation: 'ListGroups', outcome: 'refused' }]);
});

test('another access key than the expected one is refused', async () => {
  const emulator = await startForTest(plainUsers(3), { accessKeyId: 'AKIAGOOD' });
  expect((await listPage(clientFor(emulator.url, 'AKIAGOOD'))).Users).toHaveLength(3);
  await expect(listPage(clientFor(emulator.url, 'AKIABAD'))).rejects.toMatchObject({
    name: 'UnrecognizedClientException',
  });
  expect(emulator.requests.map((request) => request.accessKeyId)).toEqual(['AKIAGOOD', 'AKIABAD']);
});

test('a request is recorded with its parameters', async () => {
  const emulator = await startForTest(plainUsers(3));
  const client = clientFor(emulator.url);
  client.config.credentials = async () => ({
    accessKeyId: 'AKIATEST',
    secretAccessKey: 'secret',
    sessionToken: 'session',
  });
  await listPage(client);
  expect(emulator.requests).toEqual([
    {
      at: expect.any(Number),
      operation: 'ListUsers',
      poolId,
      body: { UserPoolId: poolId, Limit: 60 },
      outcome: 'page',
      error: undefined,
      users: 3,
      accessKeyId: 'AKIATEST',
      sessionToken: 'session',
    },
  ]);
});

test.each([
  ['no JSON', '{"UserPoolId":', 'SerializationException'],
  ['no object', '[]', 'SerializationException'],
  ['null', 'null', 'SerializationException'],
  ['no body', '', 'SerializationException'],
  ['a pool that is no string', '{"UserPoolId":7}', 'SerializationException'],
  ['no pool', '{}', 'InvalidParameterException'],
  ['a Limit that is no number', `{"UserPoolId":"${poolId}","Limit":"60"}`, 'SerializationException'],
  ['a Limit that is no integer', `{"UserPoolId":"${poolId}","Limit":1.5}`, 'SerializationException'],
  ['names that are no list', `{"UserPoolId":"${poolId}","AttributesToGet":"sub"}`, 'SerializationException'],
  ['names that are no strings', `{"UserPoolId":"${poolId}","AttributesToGet":[1]}`, 'SerializationException'],
  ['more than a request can be', `{"UserPoolId":"${'x'.repeat(2_000_000)}"}`, 'SerializationException'],
])('a body with %s is refused', async (_, body, type) => {
  const emulator = await startForTest([]);
  const answer = await sendRaw(emulator.url, { body });
  expect(answer.status).toBe(400);
  expect(answer.headers['x-amzn-errortype']).toBe(`${type}:`);
  expect(answer.body).toMatchObject({ __type: type });
});

test.each([
  ['no target', {}],
  ['the target of another service', { 'X-Amz-Target': 'DynamoDB_20120810.ListTables' }],
  ['a target with too many parts', { 'X-Amz-Target': `${target}.ListUsers.All` }],
])('a request with %s is refused', async (_, headers) => {
  const emulator = await startForTest([]);
  const { Authorization } = signedHeaders;
  const answer = await sendRaw(emulator.url, { headers: { Authorization, ...headers }, body: '{}' });
  expect(answer.body).toMatchObject({ __type: 'UnknownOperationException' });
});

test('an unsigned request is refused', async () => {
  const emulator = await startForTest([]);
  const headers = { 'X-Amz-Target': `${target}.ListUsers` };
  const answer = await sendRaw(emulator.url, { headers, body: `{"UserPoolId":"${poolId}"}` });
  expect(answer.body).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
});

test('whatever a request contains, the answer is an error of the API, and the emulator keeps running', async () => {
  const emulator = await startForTest(plainUsers(3));
  const requests = fc.record({
    method: fc.constantFrom('POST', 'PUT', 'PATCH'),
    operation: fc.constantFrom('ListUsers', 'DescribeUserPool', 'Other'),
    body: fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc
        .record({
          UserPoolId: fc.jsonValue(),
          Limit: fc.jsonValue(),
          Filter: fc.jsonValue(),
          PaginationToken: fc.jsonValue(),
          AttributesToGet: fc.jsonValue(),
        })
        .map((body) => JSON.stringify(body)),
    ),
  });
  await fc.assert(
    fc.asyncProperty(requests, async ({ method, operation, body }) => {
      const headers = { ...signedHeaders, 'X-Amz-Target': `${target}.${operation}` };
      const answer = await sendRaw(emulator.url, { method, headers, body });
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ __type: expect.stringMatching(/Exception$/) });
    }),
    { numRuns: 100 },
  );
  expect((await listPage(clientFor(emulator.url))).Users).toHaveLength(3);
});

test.each(['GARBAGE\r\n\r\n', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{', ''])(
  'a connection that sends %j and ends does no harm',
  async (bytes) => {
    const emulator = await startForTest(plainUsers(3));
    await new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(emulator.url).port), '127.0.0.1', () => socket.end(bytes));
      socket.on('error', () => resolve()).on('close', () => resolve());
      socket.resume();
    });
    expect((await listPage(clientFor(emulator.url))).Users).toHaveLength(3);
  },
);

test('closing cuts the requests that wait for their answer', async () => {
  const emulator = await startForTest(plainUsers(3), { latencyMs: 600_000 });
  const page = listPage(clientFor(emulator.url));
  const outcome = expect(page).rejects.toMatchObject({ code: 'ECONNRESET' });
  await expect.poll(() => emulator.requests.length).toBe(1);
  await emulator.close();
  await outcome;
  await expect(listPage(clientFor(emulator.url))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('a port that is taken is refused', async () => {
  const emulator = await startForTest([]);
  const port = Number(new URL(emulator.url).port);
  await expect(startEmulator({ pools: new Map(), port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test.each([
  [{ pools: new Map([['pool', []]]) }, 'pool is not the id of a pool, such as us-east-1_AbC'],
  [{ pools: new Map(), latencyMs: -1 }, 'latencyMs must be a number from 0, but got -1'],
  [{ pools: new Map(), faults: { reset: 2 } }, 'the probability of reset must be from 0 to 1, but got 2'],
])('options out of range are refused: %#', async (options, message) => {
  await expect(startEmulator(options)).rejects.toThrow(message);
});
