import {
  createOperationDescriptor,
  type Environment,
  fetchQuery,
  getSingularSelector,
  type ReaderFragment,
} from 'relay-runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import { attributeOf } from '../../src/emulator/user.ts';
import { demoCatalog } from '../support/demo-catalog.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import user, { type users_user$data } from './relay/__generated__/users_user.graphql.ts';
import usersPage, { type usersPage_query$data } from './relay/__generated__/usersPage_query.graphql.ts';
import usersPageQuery, {
  type usersPageQuery as UsersPageQuery,
} from './relay/__generated__/usersPageQuery.graphql.ts';
import usersQuery, { type usersQuery as UsersQuery } from './relay/__generated__/usersQuery.graphql.ts';
import usersUserQuery, {
  type usersUserQuery as UsersUserQuery,
} from './relay/__generated__/usersUserQuery.graphql.ts';
import { createRelayEnvironment } from './relay/environment.ts';

const users = demoUsers(60);
const newestFirst = users.toSorted((a, b) => (b.UserCreateDate ?? 0) - (a.UserCreateDate ?? 0));

describe('Relay', () => {
  let gateway: TestGateway;
  let environment: Environment;
  beforeAll(async () => {
    gateway = await startGateway(demoCatalog, users);
  });
  afterAll(() => gateway.close());

  /** What a fragment reads, as a component that contains it would get it. */
  function read<Data>(fragment: ReaderFragment, reference: unknown): Data {
    const selector = getSingularSelector(fragment, reference);
    if (!selector) throw new Error(`nothing was fetched for ${fragment.name}`);
    // The compiler made the type and the fragment of the same document.
    return environment.lookup(selector).data as unknown as Data;
  }

  /** Fetches the first page, and returns what refers to it. */
  async function open(): Promise<unknown> {
    environment = createRelayEnvironment(gateway.url);
    const operation = createOperationDescriptor(usersQuery, { first: 20 });
    environment.retain(operation);
    await fetchQuery<UsersQuery>(environment, usersQuery, { first: 20 }).toPromise();
    return environment.lookup(operation.fragment).data;
  }

  const usernamesOf = ({ cognitoUserCollection }: usersPage_query$data) =>
    cognitoUserCollection.edges.map(({ node }) => read<users_user$data>(user, node).username);

  test('pages through a connection, whose pages it joins', async () => {
    const root = await open();
    expect(usernamesOf(read(usersPage, root))).toEqual(
      newestFirst.slice(0, 20).map(({ Username }) => Username),
    );
    for (let pages = 1; pages < 3; pages++) {
      const after = read<usersPage_query$data>(usersPage, root).cognitoUserCollection.pageInfo.endCursor;
      await fetchQuery<UsersPageQuery>(environment, usersPageQuery, { first: 20, after }).toPromise();
    }
    expect(usernamesOf(read(usersPage, root))).toEqual(newestFirst.map(({ Username }) => Username));
  });

  test('refetches a row by its nodeId', async () => {
    const root = await open();
    const [first] = read<usersPage_query$data>(usersPage, root).cognitoUserCollection.edges;
    const before = read<users_user$data>(user, first?.node);
    const nodeId = getSingularSelector(user, first?.node)?.dataID ?? '';
    await fetchQuery<UsersUserQuery>(environment, usersUserQuery, { nodeId }).toPromise();
    expect(read<users_user$data>(user, first?.node)).toEqual(before);
    expect(before.email).toBe((newestFirst[0] && attributeOf(newestFirst[0], 'email')) ?? null);
  });
});
