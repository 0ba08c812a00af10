import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildModel } from '../../src/model/build.ts';
import {
  attribute,
  build,
  catalogOf,
  column,
  dialectOf,
  directive,
  enumType,
  foreignTable,
} from './definitions.ts';

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
    ['a colon after the word', '@graphql: {policies: {anon: {filter: {}}}}'],
    ['an equals sign after the word', '@graphql = {policies: {anon: {filter: {}}}}'],
    ['YAML', '@graphql\npolicies:\n  anon:\n    filter:\n      username: jan'],
    ['YAML without the word', 'policies:\n  anon:\n    filter:\n      username: jan'],
    ['words', '@graphql policies'],
    ['an invisible character in the word', written.replace('graph', 'graph\u200b')],
    ['an invisible character in the key', written.replace('poli', 'poli\u00ad')],
    ['an invisible character beside the key', written.replace('"policies"', '\u200b"policies"')],
    ['a control character in the key', written.replace('poli', 'poli\u0001')],
    ['bold letters', written.replace('graphql', '𝗴𝗿𝗮𝗽𝗵𝗾𝗹')],
    ['letters with accents', written.replace('policies', 'pólícíés')],
    ['Cyrillic letters in the word', written.replace('graphql', 'gгарhql')],
    ['Cyrillic letters in the key', written.replace('policies', 'роӏісіеѕ')],
    ['Greek letters', written.replace('policies', 'ρολιcιες')],
    ['small capitals', written.replace('graphql', 'ɢʀᴀᴘʜǫʟ')],
    ['letters that nobody can read', written.replace('graphql', 'ᎶᏒᎪᏢᎻᏫᏞ')],
    ['wide characters', '＠ｇｒａｐｈｑｌ（｛＂ｐｏｌｉｃｉｅｓ＂：｛｝｝）'],
    ['wide characters in the key', written.replace('policies', 'ｐｏｌｉｃｉｅｓ')],
    ['wide brackets', written.replace('(', '（').replace(')', '）')],
    ['a wide brace instead of the parenthesis', written.replace('({', '｛')],
    ['other brackets', written.replace('(', '【').replace(')', '】')],
    ['policies as the word', `@policies(${JSON.stringify(policies.policies)})`],
    ['the singular as the word', '@policy({anon: {username: {eq: "jan"}}})'],
    ['policies without a word', `policies: ${JSON.stringify(policies.policies)}`],
    ['policies as a function', 'policies({anon: {filter: {}}})'],
    ['policies as an assignment', 'policies = {anon => {filter => {}}}'],
    ['a longer word', '@graphqlPolicies({anon: {filter: {}}})'],
    ['a word with a hyphen', '@graphql-policies({anon: {filter: {}}})'],
    ['a shorter word', '@gql({policies: {anon: {filter: {}}}})'],
    ['the word of another tool', '@supabase({policies: {anon: {filter: {}}}})'],
    ['no quotes', '{policies: {anon: {filter: {}}}}'],
    ['policies after a directive', `${directive({ name: 'A' })} policies: {anon: {filter: {}}}`],
    ['a path after a directive', `${directive({ name: 'A' })} then @graphql.policies({anon: {}})`],
    ['a key after a directive', `${directive({ name: 'A' })}, "policies": {"anon": {}}`],
    ['escaped quotes', JSON.stringify(policies).replaceAll('"', '\\"')],
    ['doubled quotes', JSON.stringify(policies).replaceAll('"', '""')],
    ['single quotes', JSON.stringify(policies).replaceAll('"', "'")],
    ['doubled single quotes', JSON.stringify(policies).replaceAll('"', "''")],
    ['quotes of HTML', JSON.stringify(policies).replaceAll('"', '&quot;')],
    ['numeric quotes of HTML', JSON.stringify(policies).replaceAll('"', '&#x22;')],
    ['quotes of a URL', encodeURIComponent(JSON.stringify(policies))],
    ['other quotes', JSON.stringify(policies).replaceAll('"', '‘')],
    ['a comment before the key', JSON.stringify(policies).replace('{', '{ /* who sees what */ ')],
    ['a comment after the key', JSON.stringify(policies).replace(':', ' /* who sees what, and so on */ :')],
    ['a comment of one line', JSON.stringify(policies).replace('{', '{ // who sees: what\n')],
    ['many spaces', JSON.stringify(policies).replace('{', `{${' '.repeat(50)}`)],
    ['roles as keys', directive(policies.policies)],
    ['rules of access', directive({ row_access: { anon: { username: 'jan' } } })],
    ['rules', directive({ rules: { anon: { where: { username: 'jan' } } } })],
    ['rules in a list', directive({ access: [{ role: 'anon', where: {} }] })],
    ['filters', directive({ rowFilter: { anon: {} } })],
    ['an expression', directive({ using: 'username = sub' })],
    ['who has access', directive({ access: ['anon'] })],
    ['rules in JSON alone', '{"rules": {"anon": {"where": {"username": "jan"}}}}'],
    ['only parentheses', '(policies (anon (filter (username "jan"))))'],
    ['an assignment to a role', 'policies["anon"] = {"filter": {}}'],
    ['the word of an unknown tool', '@acl({"anon": {"username": "jan"}})'],
    ['the roles', directive({ roles: { anon: false } })],
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

  test.each([
    ['a server', written, undefined, 'server cognito_server'],
    ['a wrapper', undefined, written, 'foreign-data wrapper cognito'],
    ['a server, misspelt', written.replace('@g', '@G'), undefined, 'server cognito_server'],
    ['a server, twice', `${directive({ expose: true })} ${written}`, undefined, 'server cognito_server'],
  ])('in the comment of %s, whose problems are reported once', (_, comment, commentOfWrapper, object) => {
    const server = {
      name: 'cognito_server',
      comment,
      options: new Map(),
      wrapper: { name: 'cognito', handler: undefined, options: new Map(), comment: commentOfWrapper },
    };
    const catalog = catalogOf([foreignTable(), foreignTable({ name: 'others' })]);
    const model = buildModel({ ...catalog, servers: [server] }, { dialectOf, schemas: undefined });
    expect(model.tables.map((table) => table.policies)).toEqual([new Map(), new Map()]);
    expect(model.problems.map((problem) => problem.object)).toEqual([
      object,
      'cognito.users',
      'cognito.others',
    ]);
    expect(model.problems.at(-1)?.reason).toContain(object);
  });

  test('in the comment of an enum, or of a column that is not exposed', () => {
    const type = enumType('kind', ['a'], { comment: written });
    const inType = build([foreignTable({ columns: [column('username'), attribute('kind', { type })] })]);
    expect(inType.tables[0]?.policies).toEqual(new Map());
    expect(inType.problems.map(({ reason }) => reason).join()).toContain('comment of the type public.kind');
    const unexposed = column('of_no_meaning', { comment: written });
    const inColumn = build([foreignTable({ columns: [column('username'), unexposed] })]);
    expect(inColumn.tables[0]?.policies).toEqual(new Map());
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
    'Our privacy policy applies to these users.',
    'see the policies: HR-12',
    'Policies (see: HR-12) are set by HR.',
    'The policies of the company (2024): https://example.com/policies',
    'Our policies: [HR-12](https://example.com/hr-12), [HR-13](https://example.com/hr-13)',
    'Who has which permission? Ask security: +1 555 0100.',
    'A claim = a complaint; a filter = a way to find it.',
    'Claims (paid: yes, open: no) per user',
    'Policy: see HR-12. Attributes look like {tier: gold}.',
    'Users, e.g. {tier: gold}. Retention policy: 30 days.',
    'https://example.com/?policies={id}&filter[a]=1',
    '“Policies”: the rules of HR',
    'policy=strict, owner={team: a}',
    'Policies:\n- HR-12: privacy\n- HR-13: retention',
    'JSON of the form {"tier": "gold"} for each user',
    '@deprecated Use members instead.',
    'E-mail: policies@graphql.org',
    'Office hours [from 10:30], see policy',
    'Политика конфиденциальности: см. HR-12 (раздел 4).',
    'Mail @größte (the greatest) for access',
    'Roles & permissions — “who may what” — are in the handbook.',
    '100% of users; 5 &lt; 6; C:\\policies',
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

test('an enum may have labels that resemble policies', () => {
  const comment = directive({ mappings: { permission: 'PERMISSION', policy: 'POLICY' } });
  const type = enumType('kind', ['permission', 'policy'], { comment });
  const model = build([foreignTable({ columns: [column('username'), attribute('kind', { type })] })]);
  expect(model).toMatchObject({ problems: [], tables: [{ policies: undefined }] });
});

test('a comment of any size is read in one pass', () => {
  const size = 300_000;
  for (const part of [
    '@ a',
    '{',
    '{"',
    '{"a',
    '/*',
    '\\"',
    'policies:',
    '@graphq ',
    'policies',
    '&',
    '％',
    'é',
  ]) {
    expect(build([foreignTable({ comment: part.repeat(size) })]).tables).toHaveLength(1);
  }
});

test('no character or change of case, wherever it is, shows rows to anyone else without a problem', () => {
  const good = directive({
    name: 'Person',
    policies: { anon: { filter: {} }, member: { filter: { email: { startsWith: { claim: 'email' } } } } },
  });
  const roles = ['anon', 'member', 'support'];
  const policiesOf = (comment: string) => {
    const model = build([foreignTable({ comment })], {}, {}, [], roles);
    return {
      exposed: model.tables.length > 0,
      policies: model.tables[0]?.policies,
      problems: model.problems,
    };
  };
  const { policies: intended } = policiesOf(good);
  const character = fc.oneof(
    fc.constantFrom(...'(){}[]":,;\\/*#@= \n\'”’_-.aе\u200b\u00a0\u0301（｛＂：'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  );
  const place = fc.nat(good.length - 1);
  const edit = fc.oneof(
    fc.record({ place, character }).map(({ place, character }) => [place, character, good[place]]),
    place.map((place) => [place, '', good[place]?.toUpperCase()]),
  );
  fc.assert(
    fc.property(edit, ([place, inserted, here]) => {
      const at = Number(place);
      const found = policiesOf(`${good.slice(0, at)}${inserted}${here}${good.slice(at + 1)}`);
      const isIntended = (role: string) => isDeepStrictEqual(found.policies?.get(role), intended?.get(role));
      expect(found.exposed).toBe(found.policies !== undefined);
      for (const role of roles.filter((each) => found.policies?.has(each))) {
        expect(isIntended(role) || role === 'member' || found.problems.length > 0).toBe(true);
      }
    }),
    { numRuns: 5_000 },
  );
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
