import { buildSchema, execute, getIntrospectionQuery, parse } from 'graphql';
import { expect, test } from 'vitest';
import { Pace } from '../../src/columns/pace.ts';
import { nextTurn } from '../../src/columns/turn.ts';
import { pacedSchema } from '../../src/graphql/paced-schema.ts';

const schema = buildSchema(`
  type Query { first: T0 }
  ${Array.from({ length: 200 }, (_, i) => `type T${i} { a: Int, other: T${(i + 1) % 200} }`).join('\n')}
`);
const everything = parse(
  `${getIntrospectionQuery()} query Variable($name: String!) { __type(name: $name) { fields { name } } }`,
);

const duePace = (signal: AbortSignal) => new Pace({ sliceMs: 0, signal });

test('introspection of a paced schema returns the same', async () => {
  const paced = pacedSchema(schema, duePace(new AbortController().signal));
  for (const request of [
    { operationName: 'IntrospectionQuery' },
    { operationName: 'Variable', variableValues: { name: 'T7' } },
  ]) {
    const expected = await execute({ schema, document: everything, ...request });
    expect(await execute({ schema: paced, document: everything, ...request })).toEqual(expected);
  }
});

test('introspection of a paced schema lets other work in', async () => {
  const paced = pacedSchema(schema, duePace(new AbortController().signal));
  let turns = 0;
  const introspecting = execute({ schema: paced, document: everything, operationName: 'IntrospectionQuery' });
  const isDone = Promise.resolve(introspecting).then(() => true);
  while (!(await Promise.race([isDone, nextTurn()]))) turns++;
  expect(turns).toBeGreaterThan(5);
});

test('introspection of a paced schema ends with its request', async () => {
  const paced = pacedSchema(schema, duePace(AbortSignal.abort(new Error('the client is gone'))));
  const { errors } = await execute({
    schema: paced,
    document: everything,
    operationName: 'IntrospectionQuery',
  });
  expect(errors?.map(({ message }) => message)).toEqual(['the client is gone']);
});
