import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withoutSuggestions } from '../../src/limits/validation.ts';
import { type SmallGateway, startSmallGateway } from './small-gateway.ts';

let open: SmallGateway;
let closed: SmallGateway;

beforeAll(async () => {
  open = await startSmallGateway();
  closed = await startSmallGateway({ introspection: false });
});

afterAll(async () => {
  await open.close();
  await closed.close();
});

describe('without introspection', () => {
  test.each([
    ['__schema', '{ __schema { queryType { name } } }'],
    ['__type', '{ ...f } fragment f on Query { hidden: __type(name: "User") { name } }'],
  ])('%s is refused', async (field, query) => {
    await expect(closed.ask(query)).resolves.toMatchObject({
      errors: [
        {
          message: `${field}: introspection is disabled (--introspection)`,
          extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
        },
      ],
    });
  });

  test('__typename is answered', async () => {
    await expect(closed.ask('{ __typename user(id: 1) { __typename } }')).resolves.toMatchObject({
      data: { __typename: 'Query', user: { __typename: 'User' } },
    });
  });

  test.each<[string, string, Record<string, unknown>]>([
    ['a field', '{ usr(id: 1) { id } }', {}],
    ['a type', '{ user(id: 1) { ... on Usr { id } } }', {}],
    ['an argument', '{ user(idd: 1) { id } }', {}],
    ['an input field', '{ users(filter: { nam: { eq: "a" } }) { totalCount } }', {}],
    ['an enum value', '{ color(is: REDD) }', {}],
    ["a variable's enum value", 'query($is: Color) { color(is: $is) }', { is: 'REDD' }],
    [
      "a variable's input field",
      'query($f: UserFilter) { users(filter: $f) { totalCount } }',
      { f: { nam: {} } },
    ],
  ])('no error proposes %s', async (_case, query, variables) => {
    const suggested = await open.ask(query, variables);
    const silent = await closed.ask(query, variables);
    expect(JSON.stringify(suggested.errors)).toContain('Did you mean');
    expect(silent.errors?.length).toBeGreaterThan(0);
    expect(JSON.stringify(silent.errors)).not.toContain('Did you mean');
  });
});

test.each([
  ['Cannot query field "usr". Did you mean "user"?', 'Cannot query field "usr".'],
  ['Unknown type "Usr". Did you mean "User", "Users", or "UserFilter"?', 'Unknown type "Usr".'],
  ['nothing is proposed', 'nothing is proposed'],
])('a message loses what it proposes: %s', (message, expected) => {
  expect(withoutSuggestions(message)).toBe(expected);
});
