import { describe, expect, test } from 'vitest';
import type { ForeignTableDefinition } from '../../src/model/definition.ts';
import { findTable, type Model } from '../../src/model/model.ts';
import { attribute, build, builtIn, column, directive, foreignTable, problemsOf } from './definitions.ts';

describe('names', () => {
  test('are verbatim without a directive', () => {
    const model = build([
      foreignTable({ name: 'user_accounts', columns: [column('email'), column('given_name')] }),
    ]);
    expect(model.tables[0]?.typeName).toBe('user_accounts');
    expect(model.tables[0]?.columns.map((each) => each.fieldName)).toEqual(['email', 'given_name']);
  });

  test('are inflected if the schema says so, and never singularised', () => {
    const model = build(
      [foreignTable({ name: 'user_accounts', columns: [column('email'), column('given_name')] })],
      { cognito: directive({ inflect_names: true }) },
    );
    expect(model.tables[0]?.typeName).toBe('UserAccounts');
    expect(model.tables[0]?.columns.map((each) => each.fieldName)).toEqual(['email', 'givenName']);
  });

  test('given by a directive win over inflection', () => {
    const model = build(
      [
        foreignTable({
          comment: directive({ name: 'CognitoUser' }),
          columns: [column('email', { comment: directive({ name: 'mail' }) })],
        }),
      ],
      { cognito: directive({ inflect_names: true }) },
    );
    expect(model.tables[0]?.typeName).toBe('CognitoUser');
    expect(model.tables[0]?.columns[0]?.fieldName).toBe('mail');
  });

  test('that GraphQL does not allow are problems, and nothing else is affected', () => {
    const model = build([
      foreignTable({ name: 'user accounts' }),
      foreignTable({
        name: 'users',
        columns: [
          column('email'),
          column('custom:tenant'),
          column('__typename', { options: new Map([['attribute', 'sub']]) }),
        ],
      }),
    ]);
    expect(model.tables.map((table) => table.typeName)).toEqual(['users']);
    expect(model.tables[0]?.columns.map((each) => each.name)).toEqual(['email']);
    expect(problemsOf(model)).toEqual([
      'cognito.user accounts: "user accounts" is not a name that GraphQL allows for a type',
      'cognito.users.custom:tenant: "custom:tenant" is not a name that GraphQL allows for a field',
      'cognito.users.__typename: "__typename" is not a name that GraphQL allows for a field',
    ]);
  });

  test('that collide go to the first schema by name; the other table proposes a directive', () => {
    const model = build([foreignTable({ schema: 'a' }), foreignTable({ schema: 'b' })]);
    expect(model.tables.map((table) => table.schema)).toEqual(['a']);
    expect(model.problems).toEqual([
      {
        object: 'b.users',
        reason: 'its GraphQL name users is already taken by a.users',
        hint: `name it with: comment on foreign table b.users is '@graphql({"name": "…"})'`,
      },
    ]);
  });

  test('collide through root fields and derived types too', () => {
    const model = build([
      foreignTable({ name: 'Users' }),
      foreignTable({ name: 'UsersConnection' }),
      foreignTable({ name: 'users' }),
      foreignTable({ name: 'PageInfo' }),
    ]);
    expect(model.tables.map((table) => table.name)).toEqual(['Users']);
    expect(model.problems).toHaveLength(3);
  });

  test('two columns cannot have one field', () => {
    const model = build([
      foreignTable({
        columns: [column('email'), column('given_name', { comment: directive({ name: 'email' }) })],
      }),
    ]);
    expect(model.tables[0]?.columns).toHaveLength(1);
    expect(problemsOf(model)).toEqual([
      'cognito.users.given_name: its field email is already taken by the column email',
    ]);
  });
});

describe('keys', () => {
  const keyOf = (settings: Partial<ForeignTableDefinition>) =>
    build([foreignTable(settings)]).tables[0]?.key.map((part) => part.name);

  test('are username, else sub, else none', () => {
    expect(keyOf({ columns: [column('sub'), column('username')] })).toEqual(['username']);
    expect(keyOf({ columns: [column('email'), column('sub')] })).toEqual(['sub']);
    expect(keyOf({ columns: [column('email')] })).toEqual([]);
  });

  test('are those of primary_key_columns, in its order', () => {
    const comment = directive({ primary_key_columns: ['email', 'username'] });
    expect(keyOf({ comment })).toEqual(['email', 'username']);
  });

  test('that name an unknown column are a problem, and the default applies', () => {
    const model = build([foreignTable({ comment: directive({ primary_key_columns: ['id'] }) })]);
    expect(model.tables[0]?.key.map((part) => part.name)).toEqual(['username']);
    expect(problemsOf(model)).toEqual([
      'cognito.users: primary_key_columns name "id", which is not an exposed column of the table',
    ]);
  });

  test('are not null if every user has one', () => {
    const model = build([
      foreignTable(),
      foreignTable({ name: 'x', comment: directive({ primary_key_columns: ['email'] }) }),
    ]);
    expect(model.tables[0]?.columns[0]).toMatchObject({ name: 'username', notNull: true });
    expect(model.tables[1]?.columns[1]).toMatchObject({ name: 'email', notNull: false });
  });

  test('are not null, like any column, where the directive says so', () => {
    const said = directive({ not_null: true });
    const model = build([foreignTable({ columns: [column('email', { comment: said }), column('sub')] })]);
    expect(model.tables[0]?.columns.map(({ notNull }) => notNull)).toEqual([true, false]);
    expect(problemsOf(model)).toEqual([]);
  });
});

describe('directives', () => {
  test('set descriptions, counts, aggregates and page sizes', () => {
    const model = build(
      [
        foreignTable({
          comment: `Everyone. ${directive({ totalCount: { enabled: false }, aggregate: { enabled: true }, max_rows: 7 })}`,
        }),
        foreignTable({ name: 'others', comment: directive({ description: 'Said here.' }) }),
      ],
      { cognito: directive({ max_rows: 100, introspection: false }) },
    );
    expect(model.tables[0]).toMatchObject({
      description: 'Everyone.',
      totalCount: false,
      aggregate: true,
      maxRows: 7,
    });
    expect(model.tables[1]).toMatchObject({
      description: 'Said here.',
      totalCount: true,
      aggregate: false,
      maxRows: 100,
    });
    expect(model.introspection).toBe(false);
  });

  test('default to 30 rows a page', () => {
    expect(build([foreignTable()]).tables[0]?.maxRows).toBe(30);
  });

  test('that are malformed touch only their own object', () => {
    const model = build([
      foreignTable({
        comment: '@graphql({"name": "x"',
        columns: [column('username', { comment: '@graphql([1])' }), column('email')],
      }),
    ]);
    expect(model.tables[0]?.typeName).toBe('users');
    expect(model.tables[0]?.columns).toHaveLength(2);
    expect(problemsOf(model)).toEqual([
      'cognito.users: the @graphql directive is malformed: its parenthesis is not closed',
      'cognito.users.username: the @graphql directive is malformed: its parentheses do not contain a JSON object',
    ]);
  });

  test('with wrong values and unknown keys are reported, key by key', () => {
    const model = build([
      foreignTable({ comment: directive({ max_rows: 0, totalcount: true, name: 'Person' }) }),
    ]);
    expect(model.tables[0]).toMatchObject({ typeName: 'Person', maxRows: 30 });
    expect(problemsOf(model)).toEqual([
      'cognito.users: in the @graphql directive, max_rows must be a whole number from 1, but is 0',
      'cognito.users: in the @graphql directive, the key "totalcount" is not known here',
    ]);
  });

  test('may contain parentheses in their strings', () => {
    const model = build([
      foreignTable({ comment: `before ${directive({ description: 'a (b) "c)' })} after` }),
    ]);
    expect(model.tables[0]?.description).toBe('a (b) "c)');
  });

  test('that are malformed but speak of policies hide all rows', () => {
    const model = build([foreignTable({ comment: '@graphql({"policies": {"anon": {"filter": {}}}' })]);
    expect(model.tables[0]?.policies).toEqual(new Map());
  });
});

describe('what cannot be exposed', () => {
  test('is skipped and says what to do', () => {
    const model = build([
      foreignTable({ name: 'groups', options: new Map([['object', 'groups']]) }),
      foreignTable({ name: 'csv', server: 'files' }),
      foreignTable({ columns: [column('username'), column('favourite_colour')] }),
    ]);
    expect(model.tables.map((table) => table.name)).toEqual(['users']);
    expect(model.tables[0]?.columns.map((each) => each.name)).toEqual(['username']);
    expect(model.problems.map(({ object }) => object)).toEqual([
      'cognito.groups',
      'cognito.csv',
      'cognito.users.favourite_colour',
    ]);
    expect(model.problems[2]?.hint).toContain("attribute 'custom:");
  });

  test('includes schemas without foreign tables', () => {
    const model = build([foreignTable()], {}, { schemas: ['cognito', 'nowhere'] });
    expect(problemsOf(model)).toEqual(['schema nowhere: it has no foreign tables']);
  });

  test('an empty catalog is a valid, empty model', () => {
    expect(build([]).tables).toEqual([]);
    expect(problemsOf(build([]))).toEqual(['catalog: no foreign table was found']);
  });

  test.each([
    ['created_at', 'int8', 'timestamp'],
    ['updated_at', 'bool', 'timestamp'],
    ['enabled', 'int4', 'boolean'],
    ['email_verified', 'numeric', 'boolean'],
    ['sub', 'int8', 'uuid'],
    ['email', 'date', 'text'],
  ])('includes a column %s of type %s, which none of its values can have', (name, type, proposed) => {
    const model = build([
      foreignTable({ columns: [column('username'), column(name, { type: builtIn(type) })] }),
    ]);
    expect(model.problems).toEqual([
      {
        object: `cognito.users.${name}`,
        reason: expect.stringContaining(`it is declared as ${type}, which none of its values can be`),
        hint: `declare it as ${proposed}`,
      },
    ]);
  });

  test.each([
    ['created_at', 'timestamptz'],
    ['created_at', 'date'],
    ['created_at', 'text'],
    ['enabled', 'text'],
    ['enabled', 'bool'],
    ['sub', 'text'],
    ['sub', 'uuid'],
    ['username', 'int8'],
    ['updated_at', 'interval'],
  ])('does not include a column %s of type %s', (name, type) => {
    expect(build([foreignTable({ columns: [column(name, { type: builtIn(type) })] })]).problems).toEqual([]);
  });

  test('includes misspelt options, with the right spelling', () => {
    const options = new Map([['attribut', 'custom:tenant']]);
    const model = build([foreignTable({ columns: [column('username'), column('tenant', { options })] })]);
    expect(model.problems[0]).toEqual({
      object: 'cognito.users.tenant',
      reason: 'its option attribut is unknown and has no effect',
      hint: 'did you mean attribute?',
    });
  });
});

describe('relations', () => {
  const manager = (settings: object = {}) =>
    directive({
      foreign_keys: [
        {
          local_columns: ['manager_id'],
          foreign_schema: 'cognito',
          foreign_table: 'users',
          foreign_columns: ['username'],
          ...settings,
        },
      ],
    });
  const employees = (comment: string) =>
    foreignTable({
      name: 'employees',
      comment,
      columns: [column('username'), attribute('manager_id')],
    });
  const relationsOf = (model: Model, name: string) =>
    findTable(model.tables, { schema: 'cognito', name })?.relations.map(
      ({ fieldName, cardinality }) => `${fieldName}: ${cardinality}`,
    );

  test('go both ways', () => {
    const model = build([employees(manager()), foreignTable()]);
    expect(relationsOf(model, 'employees')).toEqual(['users: one']);
    expect(relationsOf(model, 'users')).toEqual(['employeesCollection: many']);
  });

  test('are named like the referring column if names are inflected', () => {
    const model = build([employees(manager()), foreignTable()], {
      cognito: directive({ inflect_names: true }),
    });
    expect(relationsOf(model, 'employees')).toEqual(['manager: one']);
  });

  test('have the names that their directive gives', () => {
    const model = build([
      employees(manager({ local_name: 'reports', foreign_name: 'boss' })),
      foreignTable(),
    ]);
    expect(relationsOf(model, 'employees')).toEqual(['boss: one']);
    expect(relationsOf(model, 'users')).toEqual(['reports: many']);
  });

  test('lead to one row if the referring columns are a key', () => {
    const comment = manager({ local_columns: ['username'] });
    expect(relationsOf(build([employees(comment), foreignTable()]), 'users')).toEqual(['employees: one']);
  });

  test('to missing tables or columns are problems', () => {
    expect(problemsOf(build([employees(manager({ foreign_table: 'bosses' })), foreignTable()]))).toEqual([
      'cognito.employees: its foreign key to cognito.bosses refers to a table that is not exposed',
    ]);
    expect(problemsOf(build([employees(manager({ local_columns: ['boss'] })), foreignTable()]))).toEqual([
      'cognito.employees: its foreign key to cognito.users names the column boss, which employees does not expose',
    ]);
  });

  test.each([
    ['"a b"', 'a b', 'GraphQL does not allow this name'],
    ['""', '', 'GraphQL does not allow this name'],
    ['"__typename"', '__typename', 'GraphQL does not allow this name'],
    ['"nodeId"', 'nodeId', 'it is the ID of the row'],
    ['"username"', 'username', 'that is the column username'],
    ['"attribute"', 'attribute', 'that is the field for single attributes'],
  ])('cannot be the field %s, and everything else stays', (_, name, why) => {
    const users = foreignTable({
      columns: [column('username'), column('attributes', { type: builtIn('jsonb') })],
    });
    const model = build([employees(manager({ local_name: name, foreign_name: 'boss' })), users]);
    expect(problemsOf(model)).toEqual([
      `cognito.employees: its foreign key cannot be the field ${JSON.stringify(name)} of users: ${why}`,
    ]);
    expect(relationsOf(model, 'employees')).toEqual(['boss: one']);
    expect(relationsOf(model, 'users')).toEqual([]);
  });

  test('with a misspelt setting get a suggestion', () => {
    const model = build([employees(manager({ local_nam: 'reports' })), foreignTable()]);
    expect(model.problems).toEqual([
      {
        object: 'cognito.employees',
        reason: 'in the @graphql directive, the key "local_nam" of foreign_keys is not known here',
        hint: 'did you mean "local_name"?',
      },
    ]);
  });
});
