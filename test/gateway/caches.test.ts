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

test('an operation counts with a plan for each combination of @include and @skip that was asked for', async () => {
  const bytes = () => Number(gateway.gateway.status().remembered.plans?.bytes);
  const query = `query ($a: Boolean!, $b: Boolean!) {
    peopleCollection(first: 1) { edges { node { username @include(if: $a) status @skip(if: $b) } } }
  }`;
  for (let time = 0; time < 3; time++) await gateway.query(query, { a: true, b: false });
  const one = bytes();
  await gateway.query(query, { a: true, b: true });
  const two = bytes();
  await gateway.query(query, { a: false, b: false });
  const three = bytes();
  await gateway.query(query, { a: true, b: false });
  expect(two).toBeGreaterThan(one);
  expect(three - two).toBe(two - one);
  expect(bytes()).toBe(three);
});
