import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import { cognitoServer, sevenColumns, twoColumns } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway(
    `${cognitoServer} ${sevenColumns} ${twoColumns}
     create foreign table third (sub uuid, email_verified boolean) server cognito_server options (object 'users');`,
    demoUsers(600),
    { minRefreshMs: 0 },
  );
});
afterAll(() => gateway.close());

const scanRequests = () =>
  gateway.emulator.requests.filter(({ operation }) => operation === 'ListUsers').length;

test("a hundred queries at once on three tables of one server cost one scan's requests", async () => {
  const tables = ['users', 'cognito_users', 'third'];
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) =>
      gateway.query(`{ page: ${tables[i % 3]}Collection { totalCount } }`),
    ),
  );
  expect(new Set(answers.map(({ data }) => data.page.totalCount))).toEqual(new Set([600]));
  expect(scanRequests()).toBe(10);
});

test('a query that insists on a new scan gets one, and shares it with others that do', async () => {
  const before = scanRequests();
  const insist = { 'cache-control': 'no-cache', 'x-fdw-explain': '1' };
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => gateway.query('{ usersCollection { totalCount } }', {}, insist)),
  );
  expect(answers.map(({ data }) => data.usersCollection.totalCount)).toEqual(Array(10).fill(600));
  expect(scanRequests() - before).toBeLessThanOrEqual(20);
});

test('a query that waits too long for a scan gets its progress, and the scan continues', async () => {
  const slow = await startGateway(`${cognitoServer} ${sevenColumns}`, demoUsers(600), {
    scanTimeoutMs: 300,
    requestsPerSecond: 15,
  });
  const first = await slow.query('{ usersCollection { totalCount } }');
  expect(first.errors[0]?.extensions).toMatchObject({ code: 'SCAN_IN_PROGRESS' });
  let answer = first;
  while (answer.errors.length > 0) {
    expect(answer.errors[0]?.extensions.code).toBe('SCAN_IN_PROGRESS');
    answer = await slow.query('{ usersCollection { totalCount } }');
  }
  const requests = slow.emulator.requests.filter(({ operation }) => operation === 'ListUsers').length;
  await slow.close();
  expect(answer.data).toEqual({ usersCollection: { totalCount: 600 } });
  expect(requests).toBe(10);
});
