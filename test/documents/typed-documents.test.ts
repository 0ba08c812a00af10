import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import { attributeOf } from '../../src/emulator/user.ts';
import {
  AnyRowDocument,
  MemberByKeyDocument,
  MembersPageDocument,
  type MembersPageQueryVariables,
  type TypedDocumentString,
  UserByKeyDocument,
} from '../generated/graphql.ts';
import { demoCatalog } from '../support/demo-catalog.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const users = demoUsers(250);
const [alice] = users;
const aliceSub = (alice && attributeOf(alice, 'sub')) ?? '';

describe('documents that are typed by the printed schema', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway(demoCatalog, users);
  });
  afterAll(() => gateway.close());

  /** Runs an operation that is expected to succeed. */
  async function ask<Result, Variables extends object>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
  ): Promise<Result> {
    const { data, errors } = await gateway.query(document.toString(), variables);
    expect(errors).toEqual([]);
    return data;
  }

  test('a page of members has its rows, count and figures', async () => {
    const variables: MembersPageQueryVariables = {
      first: 3,
      filter: { plan: { in: ['team', 'enterprise'] }, seats: { is: 'NOT_NULL' } },
      orderBy: [{ seats: 'DescNullsLast' }],
    };
    const { memberCollection } = await ask(MembersPageDocument, variables);
    const seats = users
      .filter((user) => ['team', 'enterprise'].includes(attributeOf(user, 'custom:plan') ?? ''))
      .map((user) => Number(attributeOf(user, 'custom:seats')))
      .filter(Number.isInteger)
      .toSorted((a, b) => b - a);
    expect(memberCollection.totalCount).toBe(seats.length);
    expect(memberCollection.edges.map(({ node }) => node.seats)).toEqual(seats.slice(0, 3));
    expect(memberCollection.aggregate?.count).toBe(seats.length);
    expect(memberCollection.aggregate?.sum?.seats).toBe(seats.reduce((sum, seat) => sum + seat, 0));
    const [edge] = memberCollection.edges;
    expectTypeOf(edge?.node.plan).toEqualTypeOf<'free' | 'pro' | 'team' | 'enterprise' | null | undefined>();
    expectTypeOf(memberCollection.aggregate?.sum?.seats).toEqualTypeOf<string | number | null | undefined>();
  });

  test('the cursor of one page leads to the next', async () => {
    const first = await ask(MembersPageDocument, { first: 5 });
    const second = await ask(MembersPageDocument, {
      first: 5,
      after: first.memberCollection.pageInfo.endCursor,
    });
    const subs = [first, second].flatMap((page) => page.memberCollection.edges.map(({ node }) => node.sub));
    expect(subs).toEqual(
      users
        .flatMap((user) => attributeOf(user, 'sub') ?? [])
        .toSorted()
        .slice(0, 10),
    );
  });

  test('a key leads to its row, and a key of no row to null', async () => {
    const { memberByPk } = await ask(MemberByKeyDocument, { sub: aliceSub });
    expect(memberByPk?.email).toBe('alice@example.com');
    const nobody = await ask(MemberByKeyDocument, { sub: '00000000-0000-0000-0000-000000000000' });
    expect(nobody.memberByPk).toBeNull();
  });

  test('attributes arrive as JSON in a string, or one by one', async () => {
    const { cognitoUserByPk } = await ask(UserByKeyDocument, { username: 'alice', attribute: 'custom:plan' });
    expect(JSON.parse(cognitoUserByPk?.attributes ?? '')).toContainEqual({ given_name: 'Alice' });
    expect(cognitoUserByPk?.attribute).toBe('enterprise');
    expectTypeOf(cognitoUserByPk?.attributes).toEqualTypeOf<string | null | undefined>();
  });

  test('a nodeId leads to the row of any table', async () => {
    const { cognitoUserByPk } = await ask(UserByKeyDocument, { username: 'alice', attribute: 'sub' });
    const { memberByPk } = await ask(MemberByKeyDocument, { sub: aliceSub });
    const user = await ask(AnyRowDocument, { nodeId: cognitoUserByPk?.nodeId ?? '' });
    expect(user.node?.__typename === 'CognitoUser' && user.node.username).toBe('alice');
    const member = await ask(AnyRowDocument, { nodeId: memberByPk?.nodeId ?? '' });
    expect(member.node?.__typename === 'Member' && member.node.sub).toBe(aliceSub);
  });
});
