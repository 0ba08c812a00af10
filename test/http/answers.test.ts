import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { PoolUser } from '../../src/emulator/user.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
afterEach(() => gateway.close());

/** Users of whom each takes about 10,000 bytes of an answer that has its attributes. */
const heavy: readonly PoolUser[] = Array.from({ length: 100 }, (_, i) => ({
  Username: `user-${i}`,
  Attributes: Array.from({ length: 5 }, (__, at) => ({ Name: `custom:a${at}`, Value: 'x'.repeat(2_000) })),
}));

const relation = `comment on schema cognito is '@graphql({"max_rows": 100})';
create foreign table cognito.others (username text, enabled boolean, attributes jsonb)
  server cognito_server options (object 'users');
comment on foreign table cognito.others is '@graphql({"foreign_keys": [{"local_columns": ["enabled"],
  "foreign_schema": "cognito", "foreign_table": "users", "foreign_columns": ["enabled"]}]})';`;

async function start(responseBytes: number) {
  gateway = await startGateway(`${cognitoServer} ${sevenColumns} ${relation}`, heavy, {
    limits: { responseBytes },
  });
  await gateway.query('{ usersCollection { totalCount } }');
}

const aliases = (count: number) => Array.from({ length: count }, (_, i) => `a${i}: attributes`).join(' ');
const page = (count: number) => `{ usersCollection(first: 100) { edges { node { ${aliases(count)} } } } }`;

const tooLarge = {
  status: 200,
  errors: [
    {
      message: 'the answer must have at most 1000000 bytes, but has more (--max-response-bytes)',
      extensions: { code: 'QUERY_TOO_COMPLEX', limit: 'max-response-bytes', maximum: 1_000_000 },
    },
  ],
};

describe('an answer that grows too large is rejected', () => {
  test.each([1, 3])('while it is built, asked for the time number %i', async (time) => {
    await start(1_000_000);
    for (let i = 1; i < time; i++) await gateway.query(page(2));
    await expect(gateway.query(page(2))).resolves.toMatchObject(tooLarge);
  });

  test('before anything is built, if its names alone are too long', async () => {
    await start(1_000_000);
    const query = `{ usersCollection(first: 100) { edges { node { ${'x'.repeat(12_000)}: username } } } }`;
    await expect(gateway.query(query)).resolves.toMatchObject(tooLarge);
  });

  test('if it has too many errors, which take more memory than values', async () => {
    await start(1_000_000);
    const query = `{ usersCollection(first: 100) { edges { node {
      ${Array.from({ length: 5 }, (_, i) => `o${i}: othersCollection(first: -1) { totalCount }`).join(' ')} } } } }`;
    await expect(gateway.query(query)).resolves.toMatchObject(tooLarge);
  });

  test('even if another one would fit', async () => {
    await start(2_000_000);
    const { data, errors } = await gateway.query(page(1));
    expect(errors).toEqual([]);
    expect(data.usersCollection.edges).toHaveLength(100);
  });
});

test('large answers no longer count once they have been sent', async () => {
  await start(2_000_000);
  // Together they would be more than all answers may hold.
  for (let i = 0; i < 20; i++) await expect(gateway.query(page(1))).resolves.toMatchObject({ errors: [] });
});

test('a large answer is the same as it would be in one piece', async () => {
  await start(16_000_000);
  const { data } = await gateway.query(page(3));
  const row = heavy.find(({ Username }) => Username === 'user-42');
  const node = data.usersCollection.edges.map((edge: { node: object }) => edge.node);
  expect(node).toHaveLength(100);
  const expected = JSON.stringify(row?.Attributes?.map(({ Name, Value }) => ({ [Name]: Value })));
  const attributes = node.map(({ a2 }: { a2: string }) => a2.replaceAll(' ', ''));
  expect(attributes).toContain(expected.replaceAll(' ', ''));
});

test('other requests are answered while large answers are built', async () => {
  await start(16_000_000);
  let isBusy = true;
  const large = Promise.all(Array.from({ length: 8 }, () => gateway.query(page(12)))).finally(() => {
    isBusy = false;
  });
  let answered = 0;
  while (isBusy) {
    await expect(gateway.query('{ __typename }')).resolves.toMatchObject({ data: { __typename: 'Query' } });
    answered++;
    await pause(1);
  }
  expect(answered).toBeGreaterThan(3);
  for (const { status } of await large) expect([200, 503]).toContain(status);
}, 30_000);
