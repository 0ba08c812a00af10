import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import { gql as urqlGql } from '@urql/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import { demoCatalog } from '../support/demo-catalog.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { createPersistedQueryLink } from './apollo-persisted-queries.ts';
import { sha256 } from './sha256.ts';
import { createPersistingClient } from './urql-persisted-queries.ts';

const users = demoUsers(60);

describe('persisted queries', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway(demoCatalog, users);
  });
  afterAll(() => gateway.close());

  /** What the requests of a client were: their methods, and whether they had the query's text. */
  async function requestsOf(action: () => Promise<unknown>): Promise<string[]> {
    const { fetch } = globalThis;
    const seen: string[] = [];
    globalThis.fetch = (input, init) => {
      const hasText = /[?&]query=/.test(String(input)) || /"query":"/.test(String(init?.body));
      seen.push(`${init?.method ?? 'GET'} ${hasText ? 'text' : 'hash'}`);
      return fetch(input, init);
    };
    try {
      await action();
    } finally {
      globalThis.fetch = fetch;
    }
    return seen;
  }

  test('of Apollo Client are sent by their hash, and their text once', async () => {
    const client = new ApolloClient({
      link: createPersistedQueryLink(gateway.url),
      cache: new InMemoryCache(),
    });
    const query = gql`query CountForApollo { cognitoUserCollection { totalCount } }`;
    const ask = () =>
      client.query<{ cognitoUserCollection: { totalCount: number } }>({ query, fetchPolicy: 'no-cache' });
    expect(await requestsOf(ask)).toEqual(['GET hash', 'POST text']);
    expect(await requestsOf(ask)).toEqual(['GET hash']);
    expect((await ask()).data?.cognitoUserCollection.totalCount).toBe(60);
  });

  test('of urql are sent by their hash, and their text once', async () => {
    const client = createPersistingClient(gateway.url);
    const query = urqlGql`query CountForUrql { cognitoUserCollection { totalCount } }`;
    const ask = async () => client.query(query, {}).toPromise();
    expect(await requestsOf(ask)).toEqual(['GET hash', 'GET text']);
    expect(await requestsOf(ask)).toEqual(['GET hash']);
    const { data, error } = await ask();
    expect(error).toBeUndefined();
    expect(data.cognitoUserCollection.totalCount).toBe(60);
  });

  test('are refused where the hash is that of another text', async () => {
    const persistedQuery = { version: 1, sha256Hash: await sha256('{ __typename }') };
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: '{ cognitoUserCollection { totalCount } }',
        extensions: { persistedQuery },
      }),
    });
    expect((await response.json()).errors).toMatchObject([
      { message: expect.stringContaining('sha256Hash') },
    ]);
  });
});
