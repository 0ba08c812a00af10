import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway(`${cognitoServer} ${sevenColumns}`, demoUsers(100));
});

afterAll(() => gateway?.close());

const lastRequest = () => gateway.observations.filter(({ event }) => event === 'request').at(-1);

test('a request is observed once it is answered, without its variables', async () => {
  await gateway.query('query Named($name: String!) { usersByPk(username: $name) { email } }', {
    name: 'alice-the-variable',
  });
  expect(lastRequest()).toMatchObject({
    method: 'POST',
    operationType: 'query',
    operationName: 'Named',
    role: 'postgres',
    status: 200,
    codes: [],
    snapshots: ['scanned'],
  });
  expect(JSON.stringify(lastRequest())).not.toContain('alice-the-variable');
});

test('it says how many rows matched if their count was requested', async () => {
  await gateway.query('{ usersCollection(first: 1) { totalCount } }');
  expect(lastRequest()).toMatchObject({ rowsMatched: 100, snapshots: ['fresh'] });
});

test('it has the codes of the errors', async () => {
  await gateway.query('{ nonsense }');
  expect(lastRequest()).toMatchObject({
    operationType: undefined,
    role: 'postgres',
    codes: ['GRAPHQL_VALIDATION_FAILED'],
  });
});

test("a client's own id of a request is kept and sent back", async () => {
  const { headers } = await gateway.query('{ __typename }', {}, { 'x-request-id': 'client-1' });
  expect(lastRequest()).toMatchObject({ requestId: 'client-1' });
  expect(headers.get('x-request-id')).toBe('client-1');
});

test('an id that does not belong into a log is replaced', async () => {
  const { headers } = await gateway.query('{ __typename }', {}, { 'x-request-id': `${'x'.repeat(129)}` });
  expect(lastRequest()).toMatchObject({ requestId: expect.stringMatching(/^[\da-f-]{36}$/) });
  expect(headers.get('x-request-id')).toBeNull();
});
