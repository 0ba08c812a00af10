import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { build, column, directive, foreignTable } from './definitions.ts';

const policies = { policies: { anon: { filter: { username: { eq: 'jan' } } } } };
const written = directive(policies);

/** The policies of a table with this comment, and what is said about it. */
function read(comment: string) {
  const model = build([foreignTable({ comment })]);
  return { policies: model.tables[0]?.policies, problems: model.problems };
}

describe('a comment that resembles policies hides all rows, and is reported with a correction', () => {
  test.each([
    ['another case of the word', written.replace('@graphql', '@GraphQL')],
    ['a space before the parenthesis', written.replace('@graphql(', '@graphql (')],
    ['no at sign', written.replace('@graphql', 'graphql')],
    ['no parentheses', `@graphql ${JSON.stringify(policies)}`],
    ['a space in the word', written.replace('@graphql', '@graph ql')],
    ['a misspelt word', written.replace('@graphql', '@grapqhl')],
    ['no word at all', `(${JSON.stringify(policies)})`],
    ['a misspelt key', written.replace('policies', 'polices')],
    ['a key of another case', written.replace('policies', 'Policies')],
    ['the singular', written.replace('policies', 'policy')],
    ['a longer key', written.replace('policies', 'row_policies')],
    ['the policies under another key', directive({ aggregate: policies })],
    ['the policies under an unknown key', directive({ security: policies })],
    ['a filter without policies', directive({ filter: { username: { eq: 'jan' } } })],
    ['a second directive', `${directive({ name: 'Person' })} ${written}`],
    ['a second directive, misspelt', `${directive({ name: 'Person' })} ${written.replace('@g', '@G')}`],
    ['a directive before another', `${written} ${directive({ name: 'Person' })}`],
    ['the key twice', written.replace('{"policies"', '{"policies": {"anon": {"filter": {}}}, "policies"')],
    ['a role twice', written.replace('{"anon"', '{"anon": {"filter": {}}, "anon"')],
    ['a column twice', written.replace('{"username"', '{"username": {"neq": "jan"}, "username"')],
    ['permissions of roles', directive({ permissions: { anon: { username: 'jan' } } })],
    ['row security', directive({ rls: { anon: false } })],
    ['quotes of typography', written.replaceAll('"', '”')],
    ['a parenthesis that is never closed', written.slice(0, -1)],
    ['a list instead of an object', `@graphql([${JSON.stringify(policies)}])`],
  ])('%s', (_, comment) => {
    const { policies: found, problems } = read(comment);
    expect(found).toEqual(new Map());
    expect(problems.map(({ object }) => object)).toContain('cognito.users');
    expect(problems.at(-1)?.reason).toContain('its rows are hidden from everyone');
  });

  test('in a column or a schema, in which policies have no effect', () => {
    const inColumn = build([foreignTable({ columns: [column('username', { comment: written })] })]);
    expect(inColumn.tables[0]?.policies).toEqual(new Map());
    const inSchema = build([foreignTable()], { cognito: written });
    expect(inSchema.tables[0]?.policies).toEqual(new Map());
  });
});

describe('a directive of any depth and size', () => {
  test.each([
    ['lists', `{"x": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['objects', `${'{"x":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['lists without an end', `{"x": ${'['.repeat(100_000)}`],
    ['filters', `{"policies": {"anon": {"filter": ${'{"not":'.repeat(1_000)}1${'}'.repeat(1_000)}}}}`],
  ])('hides all rows if its brackets are nested too deeply: %s', (_, json) => {
    const { policies: found, problems } = read(`@graphql(${json})`);
    expect(found).toEqual(new Map());
    expect(problems[0]?.object).toBe('cognito.users');
  });

  test('has no more than a few problems, and says how many more there are', () => {
    const keys = Object.fromEntries(Array.from({ length: 80_000 }, (_, i) => [`key_of_nobody_${i}`, 1]));
    const { problems } = read(directive(keys));
    expect(problems.map(({ reason }) => reason)).toEqual([
      ...Array.from({ length: 10 }, () => expect.stringContaining('is not known here')),
      'it has 79990 more problems',
    ]);
  });

  test('repeats only the beginning of what is wrong in it', () => {
    const long = 'x'.repeat(100_000);
    const wrong = { [long]: 1, policies: { [long]: 1 } };
    const { problems } = read(directive(wrong));
    expect(problems.length).toBeGreaterThan(1);
    for (const { reason, hint } of problems) expect(`${reason}${hint}`.length).toBeLessThan(500);
  });
});

test('policies that are null hide all rows, because a template may have failed to fill them in', () => {
  const { policies: found, problems } = read(directive({ policies: null }));
  expect(found).toEqual(new Map());
  expect(problems).toMatchObject([
    { object: 'cognito.users', reason: expect.stringContaining('but is null') },
  ]);
});

test('a text that looks like a repeated key is none', () => {
  const filter = { username: { eq: 'a "policies": {"anon": 1}, "anon": 2' } };
  expect(read(directive({ policies: { anon: { filter } } }))).toEqual({
    policies: new Map([['anon', expect.anything()]]),
    problems: [],
  });
});

describe('a policy that is not one', () => {
  test.each([
    ['no filter', {}],
    ['a misspelt filter', { filtre: {} }],
    ['something beside the filter', { filter: {}, filtr: { username: { eq: 'jan' } } }],
    ['a list', []],
  ])('leaves its role without one: %s', (_, policy) => {
    const found = read(directive({ policies: { anon: policy, other: { filter: {} } } }));
    expect([...(found.policies?.keys() ?? [])]).toEqual(['other']);
    expect(found.problems).toHaveLength(1);
  });
});

test('a policy for a misspelt role gets a suggestion', () => {
  const comment = directive({ policies: { authenticted: { filter: {} }, anon: { filter: {} } } });
  const model = build([foreignTable({ comment })], {}, {}, [], ['anon', 'authenticated']);
  expect(model.problems).toEqual([
    {
      object: 'cognito.users',
      reason: 'its policies are for the role authenticted, which the database does not have',
      hint: expect.stringContaining('did you mean authenticated?'),
    },
  ]);
});

describe('prose is no directive', () => {
  test.each([
    'The users of our GraphQL API (see the manual).',
    'Write to us (graphql@example.com) about policies.',
    'Our policies: {see the handbook}.',
    'Everybody who {signed} up',
  ])('%s', (comment) => {
    const model = build([foreignTable({ comment })]);
    expect(model.problems).toEqual([]);
    expect(model.tables[0]).toMatchObject({ description: comment, policies: undefined });
  });
});

test('an unknown key gets the known one that it resembles as a suggestion', () => {
  expect(read(directive({ total_count: { enabled: false } })).problems).toEqual([
    {
      object: 'cognito.users',
      reason: 'in the @graphql directive, the key "total_count" is not known here',
      hint: 'did you mean "totalCount"?',
    },
  ]);
});

test('after any single typing error, policies still apply or all rows are hidden', () => {
  const roles = fc.uniqueArray(fc.constantFrom('anon', 'authenticated', 'support'), { minLength: 1 });
  const filter = fc.constantFrom(
    {},
    { username: { eq: { claim: 'sub' } } },
    { not: { email: { is: 'NULL' } } },
  );
  const settings = fc.record({
    roles,
    filter,
    others: fc.subarray([
      ['name', 'Person'],
      ['description', 'All (of) them "here"'],
      ['max_rows', 7],
      ['totalCount', { enabled: true }],
    ] as const),
    first: fc.boolean(),
    around: fc.constantFrom(['', ''], ['Everyone. ', ''], ['', ' See the manual (below).']),
  });
  const slip = fc.record({
    kind: fc.constantFrom('delete', 'insert', 'replace', 'swap'),
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    character: fc.oneof(
      fc.constantFrom(...'(){}[]":,\\ @\n\'”'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    ),
  });
  fc.assert(
    fc.property(settings, slip, ({ roles, filter, others, first, around }, { kind, at, character }) => {
      const own = ['policies', Object.fromEntries(roles.map((role) => [role, { filter }]))] as const;
      const entries = first ? [own, ...others] : [...others, own];
      const text = directive(Object.fromEntries(entries));
      const place = Math.floor(at * text.length);
      const [before, here, after] = [text.slice(0, place), text[place] ?? '', text.slice(place + 1)];
      const slipped = {
        delete: `${before}${after}`,
        insert: `${before}${character}${here}${after}`,
        replace: `${before}${character}${after}`,
        swap: `${before}${after[0] ?? ''}${here}${after.slice(1)}`,
      }[kind];
      const model = build([foreignTable({ comment: `${around[0]}${slipped}${around[1]}` })]);
      expect(model.tables.every((table) => table.policies !== undefined)).toBe(true);
    }),
    { numRuns: 5_000 },
  );
});
