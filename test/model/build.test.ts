import { describe, expect, test } from 'vitest';
import { buildModel, type ModelOptions } from '../../src/model/build.ts';
import type {
  CatalogDefinition,
  ColumnDefinition,
  ForeignTableDefinition,
} from '../../src/model/definition.ts';
import { findTable, type Model } from '../../src/model/model.ts';
import { failure, success } from '../../src/model/result.ts';
import { cognitoDialect } from '../../src/source/cognito/dialect.ts';

const pgCatalog = { schema: 'pg_catalog', array: false, enumLabels: undefined };

const column = (name: string, settings: Partial<ColumnDefinition> = {}): ColumnDefinition => ({
  name,
  type: { name: 'text', ...pgCatalog },
  notNull: false,
  options: new Map(),
  comment: undefined,
  ...settings,
});

const foreignTable = (settings: Partial<ForeignTableDefinition> = {}): ForeignTableDefinition => ({
  schema: 'cognito',
  name: 'users',
  server: 'cognito_server',
  options: new Map([['object', 'users']]),
  comment: undefined,
  columns: [column('username'), column('email')],
  ...settings,
});

const dialectOf: ModelOptions['dialectOf'] = (server) =>
  server === 'cognito_server'
    ? success(cognitoDialect)
    : failure({ reason: 'there is no source for it', hint: 'use another' });

function build(
  tables: readonly ForeignTableDefinition[],
  schemaComments: Readonly<Record<string, string>> = {},
  schemas?: readonly string[],
): Model {
  const names = [...new Set(tables.map((table) => table.schema))].toSorted();
  const catalog: CatalogDefinition = {
    loginRole: 'postgres',
    schemas: names.map((name) => ({ name, comment: schemaComments[name] })),
    servers: [
      {
        name: 'cognito_server',
        options: new Map(),
        wrapper: { name: 'cognito_wrapper', handler: undefined, options: new Map() },
      },
      {
        name: 'files',
        options: new Map(),
        wrapper: { name: 'file_fdw', handler: 'file_fdw_handler', options: new Map() },
      },
    ],
    tables,
    roles: [],
  };
  return buildModel(catalog, { dialectOf, schemas });
}

const directive = (settings: object) => `@graphql(${JSON.stringify(settings)})`;
const problems = (model: Model) => model.problems.map(({ object, reason }) => `${object}: ${reason}`);

describe('names', () => {
  test('are verbatim without a directive', () => {
    const model = build([
      foreignTable({ name: 'user_accounts', columns: [column('email'), column('given_name')] }),
    ]);
    expect(model.tables[0]?.typeName).toBe('user_accounts');
    expect(model.tables[0]?.columns.map((each) => each.fieldName)).toEqual(['email', 'given_name']);
  });

  test('are inflected where the schema says so, and never singularised', () => {
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
    expect(problems(model)).toEqual([
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
        hint: `name it with comment on foreign table b.users is '@graphql({"name": "…"})'`,
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
    expect(problems(model)).toEqual([
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

  test('are what primary_key_columns names, in its order', () => {
    const comment = directive({ primary_key_columns: ['email', 'username'] });
    expect(keyOf({ comment })).toEqual(['email', 'username']);
  });

  test('that name a column which is not there are a problem, and the default holds', () => {
    const model = build([foreignTable({ comment: directive({ primary_key_columns: ['id'] }) })]);
    expect(model.tables[0]?.key.map((part) => part.name)).toEqual(['username']);
    expect(problems(model)).toEqual([
      'cognito.users: primary_key_columns must name distinct exposed columns, but got ["id"]',
    ]);
  });

  test('are not null where every user has one', () => {
    const model = build([
      foreignTable(),
      foreignTable({ name: 'x', comment: directive({ primary_key_columns: ['email'] }) }),
    ]);
    expect(model.tables[0]?.columns[0]).toMatchObject({ name: 'username', notNull: true });
    expect(model.tables[1]?.columns[1]).toMatchObject({ name: 'email', notNull: false });
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
    expect(problems(model)).toEqual([
      'cognito.users: the @graphql directive is malformed: its parenthesis is never closed',
      'cognito.users.username: the @graphql directive is malformed: what stands in its parentheses is not a JSON object',
    ]);
  });

  test('with wrong values and unknown keys are reported, key by key', () => {
    const model = build([
      foreignTable({ comment: directive({ max_rows: 0, totalcount: true, name: 'Person' }) }),
    ]);
    expect(model.tables[0]).toMatchObject({ typeName: 'Person', maxRows: 30 });
    expect(problems(model)).toEqual([
      'cognito.users: in the @graphql directive, max_rows must be a whole number from 1, but got 0',
      'cognito.users: the @graphql directive has the key "totalcount", which means nothing here',
    ]);
  });

  test('may hold parentheses in their strings', () => {
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

  test('includes schemas that hold no foreign tables', () => {
    const model = build([foreignTable()], {}, ['cognito', 'nowhere']);
    expect(problems(model)).toEqual(['schema nowhere: it is asked for, but holds no foreign tables']);
  });

  test('an empty catalog is a valid, empty model', () => {
    expect(build([]).tables).toEqual([]);
    expect(problems(build([]))).toEqual(['catalog: the database has no foreign tables']);
  });

  test('attributes must be JSON', () => {
    const model = build([foreignTable({ columns: [column('username'), column('attributes')] })]);
    expect(problems(model)).toEqual([
      'cognito.users.attributes: all attributes together are JSON, but its type is text',
    ]);
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
      columns: [
        column('username'),
        column('manager_id', { options: new Map([['attribute', 'custom:manager']]) }),
      ],
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

  test('are named like the referring column where names are inflected', () => {
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

  test('lead to one row where the referring columns are a key', () => {
    const comment = manager({ local_columns: ['username'] });
    expect(relationsOf(build([employees(comment), foreignTable()]), 'users')).toEqual(['employees: one']);
  });

  test('to what is not there are problems', () => {
    expect(problems(build([employees(manager({ foreign_table: 'bosses' })), foreignTable()]))).toEqual([
      'cognito.employees: its foreign key to cognito.bosses refers to a table that is not exposed',
    ]);
    expect(problems(build([employees(manager({ local_columns: ['boss'] })), foreignTable()]))).toEqual([
      'cognito.employees: its foreign key to cognito.users names the column boss, which employees does not expose',
    ]);
  });
});
