import { afterAll, beforeAll, expect, test } from 'vitest';
import { cognitoServer } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

/** A user whose case has a state, after some others. */
const user = (name: string, state: string, past: readonly string[]) => ({
  Username: name,
  Attributes: [
    { Name: 'custom:state', Value: state },
    { Name: 'custom:past', Value: `{${past.map((each) => JSON.stringify(each)).join(',')}}` },
  ],
});

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway(
    `${cognitoServer}
     create type st as enum ('New', 'Open-Updated', 'Closed');
     comment on type st is '@graphql({"name": "State", "mappings": {"Open-Updated": "Open_Updated"}})';
     create foreign table cases (
       username text, state st options (attribute 'custom:state'), past st[] options (attribute 'custom:past')
     ) server cognito_server options (object 'users');
     comment on foreign table cases is '@graphql({"primary_key_columns": ["state", "username"],
       "policies": {"postgres": {"filter": {"state": {"in": ["New", "Open-Updated"]}}}}}) ';`,
    [
      user('ann', 'Open-Updated', ['New']),
      user('bea', 'New', []),
      user('cai', 'Open-Updated', ['New', 'Open-Updated']),
      user('dot', 'Closed', []),
    ],
  );
});
afterAll(() => gateway.close());

test('mapped labels are written and accepted by their names, however often a document is repeated', async () => {
  const document = `query ($state: State!, $past: [State!]!) {
    casesCollection(filter: { state: { eq: $state }, past: { contains: $past } }, orderBy: [{ state: DescNullsLast }]) {
      edges { node { username state past } }
    }
    one: casesByPk(state: Open_Updated, username: "ann") { nodeId state }
  }`;
  for (let time = 0; time < 4; time++) {
    const { data, errors } = await gateway.query(document, { state: 'Open_Updated', past: ['Open_Updated'] });
    expect(errors).toEqual([]);
    expect(data.casesCollection.edges).toEqual([
      { node: { username: 'cai', state: 'Open_Updated', past: ['New', 'Open_Updated'] } },
    ]);
    expect(data.one.state).toBe('Open_Updated');
    expect(Buffer.from(data.one.nodeId, 'base64').toString()).toBe(
      '["public", "cases", "Open-Updated", "ann"]',
    );
  }
});

test('strings in a document are accepted as values of enums, as in pg_graphql', async () => {
  const document = `{
    casesCollection(
      filter: { state: { eq: "Open_Updated" }, past: { contains: "New", is: "NOT_NULL" } }
      orderBy: { username: "DescNullsLast" }
    ) { edges { node { username } } }
  }`;
  for (let time = 0; time < 4; time++) {
    const { data, errors } = await gateway.query(document);
    expect(errors).toEqual([]);
    expect(data.casesCollection.edges).toEqual([
      { node: { username: 'cai' } },
      { node: { username: 'ann' } },
    ]);
  }
  const { errors } = await gateway.query(
    '{ casesCollection(filter: { state: { eq: "Nope" } }) { totalCount } }',
  );
  expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
});

test('nodeIds and cursors contain the labels of the database, and find their rows', async () => {
  const { data } = await gateway.query(
    '{ casesCollection(first: 2) { edges { cursor node { nodeId username } } } }',
  );
  const [first, second] = data.casesCollection.edges;
  expect(Buffer.from(second.cursor, 'base64').toString()).toContain('Open-Updated');
  const next = await gateway.query(
    `query ($after: Cursor, $id: ID!) {
      casesCollection(after: $after) { edges { node { username } } }
      node(nodeId: $id) { ... on cases { username } }
    }`,
    { after: first.cursor, id: second.node.nodeId },
  );
  expect(next.errors).toEqual([]);
  expect(next.data.casesCollection.edges.map((edge: { node: object }) => edge.node)).toEqual([
    { username: 'ann' },
    { username: 'cai' },
  ]);
  expect(next.data.node).toEqual({ username: second.node.username });
});

test('a label is no value in a query', async () => {
  const { errors } = await gateway.query(
    'query ($s: State!) { casesCollection(filter: {state: {eq: $s}}) { edges { cursor } } }',
    { s: 'Open-Updated' },
  );
  expect(errors).toHaveLength(1);
});
