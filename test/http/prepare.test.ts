import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { isTurnSpent } from '../../src/columns/turn.ts';
import type { RoleSchema } from '../../src/graphql/role-schemas.ts';
import { Executor } from '../../src/http/execute.ts';
import { PreparedDocuments } from '../../src/http/prepare.ts';
import type { Asked } from '../../src/http/request/asked.ts';
import { resolveLimits } from '../../src/limits/limits.ts';

const graphql = buildSchema('type Query { echo(text: String): String }');
const lifetime = { signal: new AbortController().signal };
const schema: RoleSchema = { tables: [], schema: graphql, executable: graphql, print: () => '' };

function newDocuments() {
  return new PreparedDocuments({
    limits: resolveLimits(),
    introspection: true,
    trustedDocuments: undefined,
    automaticPersistedQueries: true,
  });
}

const ask = (query: string): Asked => ({
  query,
  documentId: undefined,
  hash: undefined,
  operationName: undefined,
  variables: {},
  variableText: undefined,
  variableBytes: 0,
  memory: {},
});

async function prepare(query: string, documents = newDocuments()) {
  return documents.prepare(schema, ask(query), lifetime);
}

test.each([
  ['a long literal', `{ echo(text: "${'x'.repeat(400_000)}") }`],
  ['a long comment', `# ${'x'.repeat(400_000)}\n{ echo }`],
])(
  'a document with %s counts with all copies of its text, however few tokens it has',
  async (_what, query) => {
    expect((await prepare(query)).bytes).toBeGreaterThan(3 * 400_000);
  },
);

test('a compiled operation counts with its document, which it keeps', async () => {
  const executor = new Executor({ observe: () => {}, suggestions: true });
  const prepared = await prepare(`{ echo(text: "${'x'.repeat(100_000)}") }`);
  executor.warm([prepared]);
  expect(executor.size).toMatchObject({ entries: 1 });
  expect(executor.size.bytes).toBeGreaterThan(prepared.bytes);
});

test('long documents that come together are validated before further ones are parsed', async () => {
  const documents = newDocuments();
  const long = (i: number) => `# ${'x'.repeat(10_000)}\nquery q${i} { echo }`;
  const ended: string[] = [];
  const end = (what: string) => () => ended.push(what);
  await Promise.all([
    ...[1, 2].map((i) => prepare(long(i), documents).then(end('valid'))),
    prepare(`${long(3)} }`, documents).catch(end('not GraphQL')),
  ]);
  expect(ended).toEqual(['valid', 'valid', 'not GraphQL']);
});

test('a document that the same request asks for again and again stays cached, whatever others ask for', async () => {
  const documents = newDocuments();
  const repeated = ask('{ echo }');
  const first = await documents.prepare(schema, repeated, lifetime);
  for (let i = 0; i < 300; i++) {
    await prepare(`{ echo(text: "${'x'.repeat(20_000)}${i}") }`, documents);
    expect(documents.prepare(schema, repeated, lifetime)).toBe(first);
  }
});

test('a document of a few words is read at once, whatever others wait for a turn', async () => {
  while (!isTurnSpent());
  const documents = newDocuments();
  const prepared = (query: string) => documents.prepare(schema, ask(query), lifetime);
  expect(prepared('{ __typename }')).not.toBeInstanceOf(Promise);
  const longer = prepared(`{ echo(text: "${'x'.repeat(100)}") }`);
  expect(longer).toBeInstanceOf(Promise);
  await longer;
});
