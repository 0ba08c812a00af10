import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { BadUserInputError, UnauthenticatedError } from '../../src/errors.ts';
import { ErrorWriter } from '../../src/http/error-writer.ts';
import type { Observation } from '../../src/observation.ts';
import { post, type SmallGateway, startSmallGateway } from '../limits/small-gateway.ts';

let gateway: SmallGateway;

beforeAll(async () => {
  gateway = await startSmallGateway();
});

afterAll(() => gateway.close());

function internalErrors() {
  return gateway.observations.filter((observation) => observation.event === 'internal-error');
}

describe('an error that was raised on purpose', () => {
  beforeEach(() => {
    expect(internalErrors()).toEqual([]);
  });

  test('keeps its message, code, facts, path and location', async () => {
    await expect(gateway.ask('{ refuses user(id: 1) { name } }')).resolves.toMatchObject({
      status: 200,
      data: { refuses: null, user: { name: 'Ada' } },
      errors: [
        {
          message: 'filter.name.eq must be short, but got something long',
          path: ['refuses'],
          locations: [{ line: 1, column: 3 }],
          extensions: { code: 'BAD_USER_INPUT', argument: 'filter.name.eq' },
        },
      ],
    });
  });

  test('shows nothing of how the response is made', async () => {
    const { errors } = await gateway.ask('{ refuses }');
    expect(Object.keys(errors?.[0]?.extensions ?? {}).sort()).toEqual(['argument', 'code']);
  });

  test.each<[string, string, Record<string, unknown>, string]>([
    ['text that is not GraphQL', '{', {}, 'GRAPHQL_PARSE_FAILED'],
    ['a field that does not exist', '{ usr }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    ['a value of the wrong type', '{ users(first: "many") { totalCount } }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    ['a missing variable', 'query($id: ID!) { user(id: $id) { id } }', {}, 'BAD_USER_INPUT'],
    [
      'a variable of the wrong type',
      'query($n: Int) { users(first: $n) { totalCount } }',
      { n: 'many' },
      'BAD_USER_INPUT',
    ],
    [
      'a variable with an unknown field',
      'query($f: UserFilter) { users(filter: $f) { totalCount } }',
      { f: { x: 1 } },
      'BAD_USER_INPUT',
    ],
  ])('has a code: %s', async (_case, query, variables, code) => {
    await expect(gateway.ask(query, variables)).resolves.toMatchObject({
      errors: [{ extensions: { code } }],
    });
  });

  test('names the variable that is wrong', async () => {
    await expect(
      gateway.ask('query($n: Int) { users(first: $n) { totalCount } }', { n: 'many' }),
    ).resolves.toMatchObject({
      errors: [
        {
          message: 'Variable "$n" got invalid value "many"; Int cannot represent non-integer value: "many"',
          extensions: { code: 'BAD_USER_INPUT', argument: '$n' },
        },
      ],
    });
  });

  test('names the argument whose variable has no value', async () => {
    await expect(
      gateway.ask('query($id: ID = "a") { user(id: $id) { id } }', { id: null }),
    ).resolves.toMatchObject({
      data: { user: null },
      errors: [{ path: ['user'], extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });

  test.each([
    ['no JSON', '{'],
    ['no object', '7'],
    ['no query', '{}'],
    ['another parameter', '{"query":"{ slow }","sudo":true}'],
  ])('has a code where the body is %s, and repeats nothing of it', async (_case, body) => {
    const answer = await post(gateway.url, body, { accept: 'application/graphql-response+json' });
    expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(Object.keys(answer.errors?.[0]?.extensions ?? {})).toEqual(['code']);
  });

  test('decides the status for clients that want to know it', async () => {
    const accept = 'application/graphql-response+json';
    const invalid = JSON.stringify({ query: '{ usr }' });
    const complex = JSON.stringify({ query: `{ ${'slow '.repeat(30)} }` });
    const badInput = JSON.stringify({ query: 'query($n: Int!) { users(first: $n) { totalCount } }' });
    for (const body of [invalid, complex, badInput]) {
      await expect(post(gateway.url, body, { accept })).resolves.toMatchObject({ status: 400 });
      await expect(post(gateway.url, body)).resolves.toMatchObject({ status: 200 });
    }
  });
});

describe('an unexpected error', () => {
  const write = (error: unknown, suggestions = true) => {
    const observe = vi.fn<(observation: Observation) => void>();
    const { status, body } = new ErrorWriter({ observe, suggestions }).reply(error);
    return { status, body: String(body), errors: JSON.parse(String(body)).errors, observe };
  };

  test('tells the client an id, and the observer the error', async () => {
    const before = internalErrors().length;
    const answer = await gateway.ask('{ fails slow }');
    expect(answer).toMatchObject({
      status: 200,
      data: { fails: null, slow: null },
      errors: [
        { path: ['fails'], extensions: { code: 'INTERNAL_SERVER_ERROR', errorId: expect.any(String) } },
      ],
    });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
    expect(internalErrors().slice(before)).toEqual([
      {
        event: 'internal-error',
        errorId: answer.errors?.[0]?.extensions?.errorId,
        error: new TypeError('the password is hunter2'),
      },
    ]);
  });

  test('is a null where none may be', async () => {
    await expect(gateway.ask('{ mustBe }')).resolves.toMatchObject({
      data: null,
      errors: [{ path: ['mustBe'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
  });

  test.each<[string, unknown]>([
    ['an error', new Error('hunter2')],
    ['a text', 'hunter2'],
    ['an object', { password: 'hunter2' }],
    ['nothing', undefined],
  ])('has an id of its own each time, where it is %s', (_case, error) => {
    const first = write(error);
    const second = write(error);
    expect(first.body).not.toContain('hunter2');
    expect(first).toMatchObject({
      status: 500,
      errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR', errorId: expect.any(String) } }],
    });
    const { errorId } = first.errors[0].extensions;
    expect(errorId).not.toBe(second.errors[0].extensions.errorId);
    expect(first.observe).toHaveBeenCalledExactlyOnceWith({ event: 'internal-error', errorId, error });
  });
});

test('who is not known is told how to authenticate', () => {
  const errors = new ErrorWriter({ observe: () => {}, suggestions: true });
  const reply = errors.reply(new UnauthenticatedError('the token has expired'));
  expect(reply).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
  expect(JSON.parse(String(reply.body))).toEqual({
    errors: [{ message: 'the token has expired', extensions: { code: 'UNAUTHENTICATED' } }],
  });
});

test('without suggestions no message proposes anything', () => {
  const errors = new ErrorWriter({ observe: () => {}, suggestions: false });
  const error = new BadUserInputError('filter', 'unknown. Did you mean "secret"?');
  expect(errors.write(error).message).toBe('unknown.');
});
