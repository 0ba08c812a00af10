import { gql } from '@urql/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import { demoCatalog } from '../support/demo-catalog.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { createUrqlClient } from './urql.ts';

const users = demoUsers(60);
const newestFirst = users.toSorted((a, b) => (b.UserCreateDate ?? 0) - (a.UserCreateDate ?? 0));

interface Page {
  cognitoUserCollection: {
    pageInfo: { endCursor: string; hasNextPage: boolean };
    edges: { node: { nodeId: string; username: string } }[];
  };
}

const page = gql<Page, { after?: string }>`
  query Page($after: Cursor) {
    cognitoUserCollection(first: 20, after: $after, orderBy: [{ created_at: DescNullsLast }]) {
      pageInfo { endCursor hasNextPage }
      edges { cursor node { nodeId username email } }
    }
  }
`;

describe('urql with Graphcache', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway(demoCatalog, users);
  });
  afterAll(() => gateway.close());

  test('joins the pages that were fetched to one list', async () => {
    const client = createUrqlClient(gateway.url);
    let after: string | undefined;
    let found: string[] = [];
    for (let pages = 0; pages < 3; pages++) {
      const { data, error } = await client.query(page, after === undefined ? {} : { after });
      expect(error).toBeUndefined();
      after = data?.cognitoUserCollection.pageInfo.endCursor;
      found = data?.cognitoUserCollection.edges.map(({ node }) => node.username) ?? [];
    }
    expect(found).toEqual(newestFirst.map((user) => user.Username));
  });

  test('finds a row of a page by its nodeId', async () => {
    const client = createUrqlClient(gateway.url);
    const { data } = await client.query(page, {});
    const node = data?.cognitoUserCollection.edges[0]?.node;
    const fragment = gql`fragment Row on CognitoUser { nodeId username }`;
    const seen = await client.query(
      gql`query ByNodeId($nodeId: ID!) { node(nodeId: $nodeId) { nodeId ... on CognitoUser { ...Row } } } ${fragment}`,
      { nodeId: node?.nodeId ?? '' },
    );
    expect(seen.data.node).toMatchObject({ username: node?.username });
  });

  test('gets the code of an error', async () => {
    const { error } = await createUrqlClient(gateway.url).query(
      gql`{ cognitoUserCollection(first: -1) { totalCount } }`,
      {},
    );
    expect(error?.graphQLErrors[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});
