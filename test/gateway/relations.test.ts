import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PoolUser } from '../../src/emulator/user.ts';
import { cognitoServer } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const user = (name: string, manager?: string): PoolUser => ({
  Username: name,
  Attributes: manager ? [{ Name: 'custom:manager', Value: manager }] : [],
});

/** `ann` manages everyone but `gus`, whose manager has left; nobody manages `ann`. */
const users = [
  user('ann'),
  ...['bea', 'cai', 'dot', 'eve'].map((name) => user(name, 'ann')),
  user('gus', 'gone'),
];

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway(
    `${cognitoServer}
     create foreign table people (username text, email text) server cognito_server options (object 'users');
     create foreign table employees (username text, manager_id text options (attribute 'custom:manager'))
       server cognito_server options (object 'users');
     comment on foreign table employees is '@graphql({"foreign_keys": [
       {"local_name": "reports", "local_columns": ["manager_id"], "foreign_name": "manager",
        "foreign_schema": "public", "foreign_table": "people", "foreign_columns": ["username"]},
       {"local_name": "employee", "local_columns": ["username"], "foreign_name": "person",
        "foreign_schema": "public", "foreign_table": "people", "foreign_columns": ["username"]}]})';`,
    users,
  );
});
afterAll(() => gateway.close());

const ask = async (query: string) => {
  const { data, errors } = await gateway.query(query);
  expect(errors).toEqual([]);
  return data;
};

describe('foreign keys between foreign tables', () => {
  test('lead to one row, or none', async () => {
    const data = await ask('{ employeesCollection { edges { node { username manager { username } } } } }');
    const managers = data.employeesCollection.edges.map(
      (edge: { node: { username: string; manager: { username: string } | null } }) => [
        edge.node.username,
        edge.node.manager?.username ?? null,
      ],
    );
    expect(managers).toEqual([
      ['ann', null],
      ['bea', 'ann'],
      ['cai', 'ann'],
      ['dot', 'ann'],
      ['eve', 'ann'],
      ['gus', null],
    ]);
  });

  test('lead back to a collection that filters, orders, counts and pages like any other', async () => {
    const data = await ask(`{ peopleByPk(username: "ann") {
      reports(first: 2, filter: {username: {neq: "cai"}}, orderBy: [{username: DescNullsLast}]) {
        totalCount edges { node { username } } pageInfo { hasNextPage hasPreviousPage endCursor } }
      rest: reports(after: "WyJjYWkiXQ==") { edges { node { username } } } } }`);
    expect(data.peopleByPk).toEqual({
      reports: {
        totalCount: 3,
        edges: [{ node: { username: 'eve' } }, { node: { username: 'dot' } }],
        pageInfo: { hasNextPage: true, hasPreviousPage: false, endCursor: 'WyJkb3QiLCAiZG90Il0=' },
      },
      rest: { edges: [{ node: { username: 'dot' } }, { node: { username: 'eve' } }] },
    });
  });

  test('lead to one row both ways if the columns are keys', async () => {
    const data = await ask('{ peopleByPk(username: "bea") { employee { manager_id person { username } } } }');
    expect(data.peopleByPk).toEqual({ employee: { manager_id: 'ann', person: { username: 'bea' } } });
  });

  test('are followed level by level over one snapshot', async () => {
    const before = gateway.emulator.requests.length;
    const data = await ask(`{ peopleCollection { edges { node { username reports { edges { node {
      username manager { reports { totalCount } } } } } } } } }`);
    const [ann] = data.peopleCollection.edges;
    expect(ann.node.reports.edges).toHaveLength(4);
    expect(ann.node.reports.edges[0].node.manager.reports.totalCount).toBe(4);
    expect(gateway.emulator.requests.length).toBe(before);
  });
});
