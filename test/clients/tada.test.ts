import type { ResultOf, VariablesOf } from 'gql.tada';
import { print } from 'graphql';
import { expect, expectTypeOf, test } from 'vitest';
import { demoUsers } from '../../src/emulator/population.ts';
import { demoCatalog } from '../support/demo-catalog.ts';
import { startGateway } from '../support/gateway.ts';
import { graphql } from './tada/graphql.ts';

const page = graphql(`
  query Page($first: Int, $filter: MemberFilter) {
    memberCollection(first: $first, filter: $filter) {
      totalCount
      edges { node { sub email seats plan } }
    }
  }
`);

test('gql.tada infers from a query what the gateway answers', async () => {
  const users = demoUsers(60);
  const gateway = await startGateway(demoCatalog, users);
  const variables: VariablesOf<typeof page> = { first: 3, filter: { plan: { eq: 'pro' } } };
  const answer = await gateway.query(print(page), variables);
  const data: ResultOf<typeof page> = answer.data;
  await gateway.close();
  const [edge] = data.memberCollection.edges;
  expect(edge?.node.plan).toBe('pro');
  expect(data.memberCollection.totalCount).toBeGreaterThan(0);
  expectTypeOf(edge?.node.plan).toEqualTypeOf<'free' | 'pro' | 'team' | 'enterprise' | null | undefined>();
  expectTypeOf(edge?.node.seats).toEqualTypeOf<number | null | undefined>();
  expectTypeOf(data.memberCollection.edges).not.toBeAny();
});
