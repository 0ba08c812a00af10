import fc from 'fast-check';
import { buildSchema, getOperationAST, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { estimateCost } from '../../src/limits/cost.ts';
import { withConnections } from './connections.ts';

const text = /* GraphQL */ `
  type Query {
    node(nodeId: ID!): Node
    user(id: ID!): User
    users(first: Int, last: Int, filter: UserFilter): UserConnection!
    _entities(representations: [ID!]!): [Node]!
  }
  interface Node { nodeId: ID! }
  type User implements Node { nodeId: ID! name: String friend: User friends(first: Int, last: Int, filter: UserFilter): UserConnection! }
  input UserFilter { name: StringFilter and: [UserFilter!] }
  input StringFilter { eq: String in: [String!] like: String regex: String }
  type UserConnection { edges: [UserEdge!]! totalCount: Int! aggregate: Aggregate }
  type Aggregate { min: Extremes }
  type Extremes { name: String }
  type UserEdge { node: User! cursor: String! }
`;
const schema = withConnections(buildSchema(text), 30);

function costOf(text: string, variables: Record<string, unknown> = {}): number {
  const document = parse(text);
  const operation = getOperationAST(document, undefined);
  if (!operation) throw new Error('the document must have one operation');
  return estimateCost({ schema, document, operation, variables }).nodes;
}

describe('the cost of', () => {
  test.each<[string, number, string, Record<string, unknown>?]>([
    ['nothing but scalars is nothing', 0, '{ __typename }'],
    ['one object is one', 1, '{ user(id: 1) { name } }'],
    ['objects of objects is their number', 3, '{ user(id: 1) { friend { friend { name } } } }'],
    ['a page is what it asks for', 7, '{ users(first: 7) { edges { node { name } cursor } totalCount } }'],
    ['a last page is what it asks for', 7, '{ users(last: 7) { edges { node { name } } } }'],
    ['a page of no given size is the largest', 30, '{ users { edges { node { name } } } }'],
    ['a page of null is the largest', 30, '{ users(first: null) { edges { node { name } } } }'],
    ['a page that is too large is the largest', 30, '{ users(first: 2147483647) { totalCount } }'],
    [
      'an empty page is nothing, whatever is below',
      0,
      '{ users(first: 0) { edges { node { friends { totalCount } } } } }',
    ],
    ['a page of a negative size is nothing', 0, '{ users(first: -5) { totalCount } }'],
    [
      'pages within pages is their product, and theirs',
      5 + 5 * 4,
      '{ users(first: 5) { edges { node { friends(first: 4) { totalCount } } } } }',
    ],
    [
      'objects within pages is as many again',
      5 + 5,
      '{ users(first: 5) { edges { node { friend { name } } } } }',
    ],
    ['a condition is one more', 5 + 1, '{ users(first: 5, filter: { name: { eq: "x" } }) { totalCount } }'],
    [
      'conditions is their number, whatever combines them',
      5 + 2,
      '{ users(first: 5, filter: { and: [{ name: { eq: "x" } }, { name: { in: ["x"] } }] }) { totalCount } }',
    ],
    [
      'a condition below a page counts for each of its rows',
      5 + 5 * (1 + 2),
      '{ users(first: 5) { edges { node { friends(first: 2, filter: { name: { eq: "x" } }) { totalCount } } } } }',
    ],
    [
      'a filter in a variable, or in a part of one, is that of its value',
      5 + 10 + 5 + 1,
      'query($f: UserFilter, $n: String = "a") { a: users(first: 5, filter: $f) { totalCount } b: users(first: 5, filter: { name: { eq: $n } }) { totalCount } }',
      { f: { name: { regex: 'a' } } },
    ],
    [
      'a filter in the default of a variable is that of the default',
      5 + 1,
      'query($f: UserFilter = { name: { eq: "x" } }) { users(first: 5, filter: $f) { totalCount } }',
    ],
    [
      'a long pattern below a page counts by its length',
      5 + 5 * (1 + 31 + 2),
      'query($p: String) { users(first: 5) { edges { node { friends(first: 2, filter: { name: { like: $p } }) { totalCount } } } } }',
      { p: '%a'.repeat(1000) },
    ],
    ['an aggregate is nothing', 5, '{ users(first: 5) { aggregate { min { name } } } }'],
    ['a page whose size is a variable', 4, 'query($n: Int) { users(first: $n) { totalCount } }', { n: 4 }],
    [
      'a page whose size is a variable by default',
      3,
      'query($n: Int = 3) { users(first: $n) { totalCount } }',
      {},
    ],
    [
      'a page whose size is a variable that has another value',
      9,
      'query($n: Int = 3) { users(first: $n) { totalCount } }',
      { n: 9 },
    ],
    [
      'a page whose size is a variable that is null',
      30,
      'query($n: Int = 3) { users(first: $n) { totalCount } }',
      { n: null },
    ],
    [
      'a page whose size is a variable without value',
      30,
      'query($n: Int) { users(first: $n) { totalCount } }',
      {},
    ],
    [
      'a page whose size is no number',
      30,
      'query($n: Int) { users(first: $n) { totalCount } }',
      { n: 'many' },
    ],
    [
      'entities is their number',
      2 + 2 * 6,
      '{ _entities(representations: ["a", "b"]) { ... on User { friends(first: 6) { totalCount } } } }',
    ],
    [
      'entities in a variable is their number',
      3,
      'query($all: [ID!]!) { _entities(representations: $all) { nodeId } }',
      { all: ['a', 'b', 'c'] },
    ],
    [
      'what is seen through an interface counts',
      1 + 2,
      '{ node(nodeId: "a") { ... on User { friends(first: 2) { totalCount } } } }',
    ],
    [
      'introspection is nothing',
      0,
      '{ __schema { types { name fields { name } } } __type(name: "User") { name } }',
    ],
    [
      'a fragment is what it would be in place',
      2 * (2 + 2 * 4),
      '{ a: users(first: 2) { ...edges } b: users(first: 2) { ...edges } } fragment edges on UserConnection { edges { ...edge } } fragment edge on UserEdge { node { friends(first: 4) { totalCount } } }',
    ],
  ])('%s: %d', (_case, cost, text, variables) => {
    expect(costOf(text, variables)).toBe(cost);
  });

  test('fragments that multiply beyond all numbers is found without following them', () => {
    const fragments = Array.from(
      { length: 100 },
      (_, i) => `fragment f${i} on User { a: friend { ...f${i + 1} } b: friend { ...f${i + 1} } }`,
    );
    const text = `{ user(id: 1) { ...f0 } } ${fragments.join(' ')} fragment f100 on User { name }`;
    expect(costOf(text)).toBe(2 ** 101 - 1);
  });
});

/** A page of users, and the pages of friends within it. */
interface Page {
  readonly first: number;
  readonly friends: readonly Page[];
  readonly inFragment: boolean;
}

const page: fc.Memo<Page> = fc.memo(
  (depth): fc.Arbitrary<Page> =>
    fc.record({
      first: fc.nat({ max: 40 }),
      friends: depth > 1 ? fc.array(page(depth - 1), { maxLength: 3 }) : fc.constant([]),
      inFragment: fc.boolean(),
    }),
);

function print(root: Page): string {
  const fragments: string[] = [];
  const selection = ({ friends, inFragment }: Page): string => {
    const fields = friends.map((below, i) => `p${i}: friends(first: ${below.first}) ${connection(below)}`);
    const text = `nodeId ${fields.join(' ')}`;
    if (!inFragment) return text;
    const name = `f${fragments.length}`;
    fragments.push(`fragment ${name} on User { ${text} }`);
    return `...${name}`;
  };
  const connection = (of: Page) => `{ edges { node { ${selection(of)} } } }`;
  const operation = `{ users(first: ${root.first}) ${connection(root)} }`;
  return [operation, ...fragments].join(' ');
}

function nodesOf({ first, friends }: Page): number {
  return Math.min(first, 30) * friends.reduce((total, below) => total + nodesOf(below), 1);
}

test('the cost is the number of nodes of full pages, wherever fragments are', () => {
  fc.assert(
    fc.property(page(5), (root) => {
      expect(costOf(print(root))).toBe(nodesOf(root));
    }),
    { numRuns: 500 },
  );
});
