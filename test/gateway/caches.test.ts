import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cognitoServer } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway(
    `${cognitoServer} create foreign table people (username text, status text) server cognito_server options (object 'users');`,
    Array.from({ length: 60 }, (_, i) => ({ Username: `somebody-with-a-long-name-${i}` })),
  );
});
afterAll(() => gateway.close());

test('every cache that clients can fill says in the status, and so in the metrics, what it holds', async () => {
  const kinds = [
    'requests',
    'documents',
    'persistedQueries',
    'plans',
    'answers',
    'compressed',
    'expressions',
  ];
  const bytes = () => {
    const { remembered } = gateway.gateway.status();
    return Object.fromEntries(kinds.map((kind) => [kind, remembered[kind]?.bytes]));
  };
  const before = bytes();
  const query =
    '{ peopleCollection(first: 60, filter: { username: { regex: "long.name" } }) { edges { node { username } } } }';
  for (let time = 0; time < 5; time++) {
    const { data } = await gateway.query(query, {}, { 'accept-encoding': 'br' });
    expect(data.peopleCollection.edges).toHaveLength(30);
  }
  const sha256Hash = createHash('sha256').update(query).digest('hex');
  await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, extensions: { persistedQuery: { version: 1, sha256Hash } } }),
  });
  const after = bytes();
  for (const kind of kinds) expect([kind, Number(after[kind]) > Number(before[kind])]).toEqual([kind, true]);
});
