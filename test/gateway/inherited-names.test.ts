import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cognitoServer } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

/** What every object of JavaScript has of its own accord. */
const inherited = Object.getOwnPropertyNames(Object.prototype).filter((name) => !name.startsWith('__'));

let gateway: TestGateway;
beforeAll(async () => {
  const columns = inherited.map((name) => `"${name}" text options (attribute 'custom:${name}')`);
  gateway = await startGateway(
    `${cognitoServer} create foreign table items (username text, ${columns.join(', ')})
     server cognito_server options (object 'users');`,
    ['ann', 'bob', 'eve'].map((name) => ({
      Username: name,
      Attributes: inherited.map((attribute) => ({
        Name: `custom:${attribute}`,
        Value: `${name} ${attribute}`,
      })),
    })),
    { federation: true },
  );
});
afterAll(() => gateway.close());

describe.each([...inherited, 'username'])('beside columns of inherited names, the column %s', (name) => {
  /** Often enough that the operation is compiled. */
  const ask = async (query: string, variables: object) => {
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push(await gateway.query(query, variables));
    for (const { errors } of answers) expect(errors).toEqual([]);
    return answers.map(({ data }) => data);
  };
  const value = (user: string) => (name === 'username' ? user : `${user} ${name}`);

  test('is filtered and ordered by variables', async () => {
    const answers = await ask(
      `query ($filter: itemsFilter, $orderBy: [itemsOrderBy!]) {
        itemsCollection(filter: $filter, orderBy: $orderBy) { edges { node { value: ${name} } } }
      }`,
      { filter: { [name]: { in: [value('eve'), value('ann')] } }, orderBy: [{ [name]: 'DescNullsLast' }] },
    );
    const edges = ['eve', 'ann'].map((user) => ({ node: { value: value(user) } }));
    expect(answers).toEqual(Array(3).fill({ itemsCollection: { edges } }));
  });

  test('is read for an entity', async () => {
    const answers = await ask(
      `query ($users: [_Any!]!) { _entities(representations: $users) { ... on items { value: ${name} } } }`,
      { users: [{ __typename: 'items', username: 'bob' }] },
    );
    expect(answers).toEqual(Array(3).fill({ _entities: [{ value: value('bob') }] }));
  });
});
