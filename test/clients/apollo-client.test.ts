import { gql, type ObservableQuery, type TypedDocumentNode } from '@apollo/client';
import { filter, firstValueFrom } from 'rxjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import { demoCatalog } from '../support/demo-catalog.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { createApolloClient } from './apollo-client.ts';

const users = demoUsers(60);
const newestFirst = users.toSorted((a, b) => (b.UserCreateDate ?? 0) - (a.UserCreateDate ?? 0));
const usernames = newestFirst.map((user) => user.Username);

interface Page {
  cognitoUserCollection: {
    pageInfo: { endCursor: string; hasNextPage: boolean };
    edges: { node: { nodeId: string; username: string } }[];
  };
}

const page: TypedDocumentNode<Page, { after?: string }> = gql`
  query Page($after: Cursor) {
    cognitoUserCollection(first: 20, after: $after, orderBy: [{ created_at: DescNullsLast }]) {
      pageInfo { endCursor hasNextPage }
      edges { cursor node { nodeId username } }
    }
  }
`;

describe('Apollo Client', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway(demoCatalog, users);
  });
  afterAll(() => gateway.close());

  test('fetches page after page into one list', async () => {
    const client = createApolloClient(gateway.url);
    const watched = client.watchQuery({ query: page });
    const subscription = watched.subscribe(() => {});
    let shown = await settled(watched);
    while (shown.pageInfo.hasNextPage) {
      await watched.fetchMore({ variables: { after: shown.pageInfo.endCursor } });
      shown = await settled(watched);
    }
    subscription.unsubscribe();
    expect(shown.edges.map(({ node }) => node.username)).toEqual(usernames);
  });

  test('knows a row by its nodeId wherever it comes from', async () => {
    const client = createApolloClient(gateway.url);
    await client.query({ query: page });
    const byKey = gql`
      query ByKey {
        cognitoUserByPk(username: "${usernames[0]}") { nodeId username email status }
      }
    `;
    await client.query({ query: byKey });
    const row = client.cache.readFragment<{ username: string; status: string }>({
      id: client.cache.identify({ nodeId: nodeIdOf(usernames[0]) }) ?? '',
      fragment: gql`fragment Row on CognitoUser { username status }`,
    });
    expect(row).toMatchObject({ username: usernames[0], status: newestFirst[0]?.UserStatus });
  });

  test('gets the code of an error', async () => {
    const client = createApolloClient(gateway.url);
    const wrong = gql`{ cognitoUserCollection(first: -1) { totalCount } }`;
    await expect(client.query({ query: wrong })).rejects.toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });
});

/** What a query shows once it awaits nothing any more. */
async function settled(
  watched: ObservableQuery<Page, { after?: string }>,
): Promise<Page['cognitoUserCollection']> {
  const complete = watched.pipe(filter((result) => result.dataState === 'complete' && !result.loading));
  const result = await firstValueFrom(complete);
  if (result.dataState !== 'complete') throw new Error('the query has no page');
  return result.data.cognitoUserCollection;
}

/** As the contract has it: the key's JSON with a space after each comma, in base64. */
function nodeIdOf(username: string | undefined): string {
  return Buffer.from(`["cognito", "users", ${JSON.stringify(username)}]`).toString('base64');
}
