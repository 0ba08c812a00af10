import { getIntrospectionQuery } from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, post, type SmallGateway, startSmallGateway } from './small-gateway.ts';

let gateway: SmallGateway;

beforeAll(async () => {
  gateway = await startSmallGateway();
});

afterAll(async () => {
  // Of what is asked below, some is compiled when it is asked again.
  expect(gateway.executor.runs.compiled).toBeGreaterThan(10);
  await gateway.close();
});

/** Asks until the answer would come from compiled code, and makes sure that it is always the same. */
async function ask(query: string, variables?: Record<string, unknown>): Promise<Answer> {
  const { headers: _, ...first } = await gateway.ask(query, variables);
  await gateway.ask(query, variables);
  const { headers, ...third } = await gateway.ask(query, variables);
  expect(third).toEqual(first);
  return { headers, ...third };
}

afterEach(async () => {
  // Whatever was refused, the next query is answered.
  await expect(gateway.ask('{ user(id: 1) { name } }')).resolves.toMatchObject({
    data: { user: { name: 'Ada' } },
  });
  expect(gateway.observations).toEqual([]);
});

function times(count: number, make: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => make(i)).join(' ');
}

function nested(count: number, open: string, inner: string, close: string): string {
  return open.repeat(count) + inner + close.repeat(count);
}

function tooComplex(limit: string) {
  return {
    errors: [
      {
        message: expect.stringContaining(`--${limit}`),
        extensions: { code: 'QUERY_TOO_COMPLEX', limit, maximum: expect.any(Number) },
      },
    ],
  };
}

describe('a document is refused before it is parsed, because of', () => {
  test.each([
    ['its length', `#${'x'.repeat(600_000)}\n{ user(id: 1) { id } }`, 'max-document-length'],
    ['its tokens', `{ ${times(15_000, () => 'slow')} }`, 'max-tokens'],
    ['its comments', `${'#\n'.repeat(16_000)}{ slow }`, 'max-tokens'],
    ['its comments with other line ends', `${'#\r'.repeat(16_000)}{ slow }`, 'max-tokens'],
    ['the lines of a text', `{ user(id: """${'\n a'.repeat(16_000)}""") { id } }`, 'max-tokens'],
    ['its punctuation', `{ ${'!'.repeat(20_000)}`, 'max-tokens'],
    ['its directives', `{ user(id: 1) ${times(51, () => '@skip(if: false)')} { id } }`, 'max-directives'],
    ['the depth of its fields', `{ user(id: 1) ${nested(5_000, '{ friend ', '{ id }', '}')} }`, 'max-depth'],
    ['the depth of its inline fragments', `{ ${nested(5_000, '... {', 'slow', '}')} }`, 'max-depth'],
    [
      'the objects of a list',
      `{ users(filter: { or: [${'{ name: { eq: "a" } }'.repeat(10)}] }, orderBy: [${'{ name: Asc }'.repeat(501)}]) { totalCount } }`,
      'max-filter-size',
    ],
    [
      'the depth of a filter',
      `{ users(filter: ${nested(4_000, '{not:', '{}', '}')}) { totalCount } }`,
      'max-filter-depth',
    ],
    ['the depth of a list', `{ user(id: ${nested(7_000, '[', '1', ']')}) { id } }`, 'max-filter-depth'],
    ['the depth of a type', `query($a: ${nested(7_000, '[', 'Int', ']')}) { slow }`, 'max-filter-depth'],
  ])('%s', async (_case, query, limit) => {
    await expect(ask(query)).resolves.toMatchObject(tooComplex(limit));
  });
});

describe('a document is refused before it is validated, because of', () => {
  const chain = (count: number, body: (next: string) => string, last: string) =>
    `${times(count, (i) => `fragment f${i} on User { ${body(`f${i + 1}`)} }`)} fragment f${count} on User { ${last} }`;

  test.each([
    ['its depth', `{ user(id: 1) ${nested(20, '{ friend ', '{ id }', '}')} }`, 'max-depth'],
    [
      'a depth that is spread over fragments',
      `{ user(id: 1) { ...f0 } } ${chain(20, (next) => `friend { ...${next} }`, 'id')}`,
      'max-depth',
    ],
    [
      'fragments within fragments',
      `{ user(id: 1) { ...f0 } } ${chain(1_500, (next) => `...${next}`, 'id')}`,
      'max-depth',
    ],
    ['its root fields', `{ ${times(21, () => 'slow')} }`, 'max-root-fields'],
    [
      'root fields in fragments',
      `{ ...f ...g } fragment f on Query { ${times(11, () => 'slow')} } fragment g on Query { ${times(11, () => 'slow')} }`,
      'max-root-fields',
    ],
    ['its aliases', `{ user(id: 1) { ${times(51, (i) => `a${i}: name`)} } }`, 'max-aliases'],
    ['its fields', `{ user(id: 1) { ${times(2_000, () => 'name')} } }`, 'max-selections'],
    [
      'what its fragments multiply to',
      `{ user(id: 1) { ...f0 } } ${chain(15, (next) => `a: friend { ...${next} } b: friend { ...${next} }`, 'id')}`,
      'max-selections',
    ],
    [
      'what its fragments would multiply to for ever',
      `{ user(id: 1) { ...f0 } } ${chain(24, (next) => `a: friend { ...${next} } b: friend { ...${next} }`, 'id ...f0')}`,
      'max-depth',
    ],
    ['fields that repeat', `{ user(id: 1) { ${times(400, () => 'name')} } }`, 'max-selections'],
    [
      'fields that repeat in fields that repeat',
      `{ user(id: 1) { ${times(110, () => 'friend { name name name }')} } }`,
      'max-selections',
    ],
    [
      'fragments that would have to be compared',
      `{ user(id: 1) { ${times(400, (i) => `...f${i}`)} } } ${times(400, (i) => `fragment f${i} on User { name }`)}`,
      'max-selections',
    ],
    [
      'fragments that do not exist and would have to be compared',
      `{ user(id: 1) { ${times(400, (i) => `...f${i}`)} } }`,
      'max-selections',
    ],
    [
      'fragments that nothing spreads',
      `{ slow } ${times(700, (i) => `fragment f${i} on User { name ...f${i + 1} ...f${i + 2} }`)}`,
      'max-depth',
    ],
    [
      'many operations of the same fragments',
      `${times(100, (i) => `query q${i} { ...f0 }`)} ${times(50, (i) => `fragment f${i} on Query { ...f${i + 1} }`)} fragment f50 on Query { slow }`,
      'max-selections',
    ],
    [
      'the length of a list',
      `{ users(filter: { name: { in: [${'"a",'.repeat(10_001)}] } }) { totalCount } }`,
      'max-list-size',
    ],
    [
      'the length of a list by default',
      `query($a: [String!] = [${'"a",'.repeat(10_001)}]) { users(filter: { name: { in: $a } }) { totalCount } }`,
      'max-list-size',
    ],
    [
      'the depth of a filter',
      `{ users(filter: ${nested(33, '{not:', '{}', '}')}) { totalCount } }`,
      'max-filter-depth',
    ],
    [
      'the depth of a filter by default',
      `query($a: UserFilter = ${nested(33, '{not:', '{}', '}')}) { users(filter: $a) { totalCount } }`,
      'max-filter-depth',
    ],
  ])('%s', async (_case, query, limit) => {
    await expect(ask(query)).resolves.toMatchObject(tooComplex(limit));
  });
});

test('a document is refused before it is validated, because of its operations', async () => {
  const query = (count: number) => times(count, (i) => `query q${i} { __typename }`);
  const tooMany = [{ message: 'the document must have at most 200 operations, but has more' }];
  await expect(ask(query(201))).resolves.toMatchObject({ errors: tooMany });
  await expect(ask(query(200))).resolves.toMatchObject({
    errors: [{ extensions: { argument: 'operationName' } }],
  });
});

test('a document of type definitions has one error for each', async () => {
  const { errors } = await ask(`{ slow } enum T { ${times(10_000, () => 'a')} } scalar S`);
  expect(errors?.map(({ message }) => message)).toEqual([
    'The "T" definition is not executable.',
    'The "S" definition is not executable.',
  ]);
});

test('a document is refused because of the conditions of all its filters', async () => {
  const filter = (count: number) => `filter: { or: [${times(count, () => '{ name: { eq: "a" } }')}] }`;
  const query = (count: number) =>
    `{ a: users(${filter(150)}) { totalCount } b: users(${filter(count)}) { totalCount } }`;
  await expect(ask(query(100))).resolves.toMatchObject({ data: { a: { totalCount: 0 } } });
  await expect(ask(query(101))).resolves.toMatchObject(tooComplex('max-filter-size'));
});

test('an operation is refused because of the conditions of all its variables', async () => {
  const query =
    'query($a: UserFilter!, $b: [UserFilter!]) { users(filter: { and: [$a], or: $b }) { totalCount } }';
  const conditions = (count: number) => Array.from({ length: count }, () => ({ name: { eq: 'a' } }));
  const askFor = (count: number) => ask(query, { a: { or: conditions(100) }, b: conditions(count) });
  await expect(askFor(300)).resolves.toMatchObject({ data: { users: { totalCount: 0 } } });
  await expect(askFor(301)).resolves.toMatchObject(tooComplex('max-filter-size'));
});

describe('an operation is refused before it runs, because of', () => {
  const filtered = 'query($filter: UserFilter) { users(filter: $filter) { totalCount } }';
  const page = (first: string, inner: string) => `friends(first: ${first}) { edges { node { ${inner} } } }`;

  test.each<[string, string, Record<string, unknown>, string]>([
    [
      'the length of a list',
      filtered,
      { filter: { name: { in: Array(10_001).fill('a') } } },
      'max-list-size',
    ],
    [
      'the depth of a filter',
      filtered,
      { filter: JSON.parse(nested(33, '{"not":', '{}', '}')) },
      'max-filter-depth',
    ],
    [
      'the objects of a list, each of which has many fields that could be given',
      'query($order: [UserOrderBy!]) { users(orderBy: $order) { totalCount } }',
      { order: Array(501).fill({ name: 'AscNullsLast' }) },
      'max-filter-size',
    ],
    [
      'pages within pages',
      `{ user(id: 1) { ${page('30', page('30', page('30', page('30', 'id'))))} } }`,
      {},
      'max-cost',
    ],
    [
      'pages whose size is a variable',
      `query($n: Int) { user(id: 1) { ${page('$n', page('$n', page('$n', page('$n', 'id'))))} } }`,
      { n: 30 },
      'max-cost',
    ],
    [
      'pages whose size nobody gave',
      `{ user(id: 1) { ${page('null', page('null', page('null', page('null', 'id'))))} } }`,
      {},
      'max-cost',
    ],
    [
      'pages of many entities',
      `query($all: [Representation!]!) { _entities(representations: $all) { ${page('30', page('30', 'id'))} } }`,
      { all: Array(400).fill({ id: 1 }) },
      'max-cost',
    ],
  ])('%s', async (_case, query, variables, limit) => {
    await expect(ask(query, variables)).resolves.toMatchObject(tooComplex(limit));
  });
});

test.each([
  ['filters', nested(400, '{"and":[', '{}', ']}')],
  ['lists', nested(900, '[', '', ']')],
])('an operation is refused before it runs, because of %s without end', async (_case, filter) => {
  const query = 'query($filter: UserFilter) { users(filter: $filter) { totalCount } }';
  const body = `{"query":${JSON.stringify(query)},"variables":{"filter":${filter}}}`;
  await expect(post(gateway.url, body)).resolves.toMatchObject(tooComplex('max-filter-depth'));
});

describe('a document that is wrong in thousands of places has few errors:', () => {
  test.each([
    ['unknown fields', `{ ${times(20, (i) => `user(id: 1) { ${times(15, (j) => `nam${i}${j}`)} }`)} }`],
    ['unknown types', `{ slow } ${times(500, (i) => `fragment f${i} on Usr { id }`)}`],
    ['unknown arguments', `{ user(${times(3_000, (i) => `a${i}: 1`)}) { id } }`],
    ['unknown variables', `query(${times(3_000, (i) => `$v${i}: Int`)}) { slow }`],
  ])('%s', async (_case, query) => {
    const { errors } = await ask(query);
    expect(errors?.length).toBeLessThanOrEqual(21);
    for (const { extensions } of errors ?? []) {
      expect(extensions).toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED' });
    }
  });

  test('names that are long, and repeated in part', async () => {
    const { errors } = await ask(`{ ${'x'.repeat(500_000)} }`);
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.message.length).toBeLessThan(1_100);
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
  });

  test('an argument that is given again and again, of which some places are shown', async () => {
    const { errors } = await ask(`{ user(${times(3_000, () => 'id: 1')}) { id } }`);
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.locations).toHaveLength(20);
  });

  test('fragments that spread themselves', async () => {
    const query =
      '{ user(id: 1) { ...f } } fragment f on User { friend { ...g } } fragment g on User { friend { ...f } }';
    await expect(ask(query)).resolves.toMatchObject({
      errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    });
  });
});

describe('variables that are wrong in thousands of places have few and short errors:', () => {
  const query = 'query($filter: UserFilter) { users(filter: $filter) { totalCount } }';
  const unknown = (count: number, value: unknown) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`nam${i}`, value]));

  test.each<[string, unknown]>([
    ['unknown fields', unknown(5_000, 'text')],
    ['unknown fields of unknown fields', unknown(200, unknown(200, 1))],
    ['unknown fields beside a long text', { ...unknown(50, 1), text: 'x'.repeat(1_000_000) }],
    ['a list of other things', { name: { in: Array.from({ length: 10_000 }, (_, i) => i) } }],
    ['a text that is no filter', 'x'.repeat(1_000_000)],
  ])('%s', async (_case, filter) => {
    const { errors } = await ask(query, { filter });
    expect(errors?.length).toBeLessThanOrEqual(2);
    for (const { message, extensions } of errors ?? []) {
      expect(message.length).toBeLessThan(1_100);
      expect(extensions).toEqual({ code: 'BAD_USER_INPUT', argument: '$filter' });
    }
  });
});

describe('queries of people and their tools are answered:', () => {
  const tenThousand = Array.from({ length: 10_000 }, (_, i) => `user-${i}@company.example`);

  test.each<[string, string, Record<string, unknown>]>([
    [
      'the introspection query',
      getIntrospectionQuery({ inputValueDeprecation: true, schemaDescription: true }),
      {},
    ],
    [
      'a list of ten thousand in the document',
      `{ users(filter: { name: { in: ${JSON.stringify(tenThousand)} } }) { totalCount } }`,
      {},
    ],
    [
      'a list of ten thousand in a variable',
      'query($in: [String!]) { users(filter: { name: { in: $in } }) { totalCount } }',
      { in: tenThousand },
    ],
    [
      'a filter 32 deep in the document',
      `{ users(filter: ${nested(31, '{not:', '{}', '}')}) { totalCount } }`,
      {},
    ],
    [
      'a filter 32 deep in a variable',
      'query($filter: UserFilter) { users(filter: $filter) { totalCount } }',
      { filter: JSON.parse(nested(31, '{"not":', '{}', '}')) },
    ],
    [
      'a filter 32 deep of lists',
      'query($filter: UserFilter) { users(filter: $filter) { totalCount } }',
      { filter: JSON.parse(nested(31, '{"and":[', '{}', ']}')) },
    ],
    ['fields 20 deep', `{ user(id: 1) ${nested(18, '{ friend ', '{ id }', '}')} }`, {}],
    [
      'twenty root fields and fifty aliases',
      `{ ${times(19, (i) => `a${i}: user(id: 1) { id }`)} ...f } fragment f on Query { a19: user(id: 1) { ${times(30, (i) => `b${i}: id`)} } }`,
      {},
    ],
    [
      'the same fragment in fifty places',
      `{ user(id: 1) { ${times(50, (i) => `...f${i}`)} } } ${times(50, (i) => `fragment f${i} on User { id name }`)}`,
      {},
    ],
    [
      'a huge page, which is cut to what a page may have',
      '{ users(first: 2147483647) { totalCount edges { node { id } } } }',
      {},
    ],
  ])('%s', async (_case, query, variables) => {
    const answer = await ask(query, variables);
    expect(answer).toMatchObject({ status: 200, data: expect.any(Object) });
    expect(answer.errors).toBeUndefined();
  });
});
