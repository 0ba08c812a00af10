import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCatalog, readCatalogText } from '../../src/catalog/introspection.ts';
import type { CatalogDefinition } from '../../src/model/definition.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';

describe('reading the catalog', () => {
  let database: TestDatabase;
  let catalog: CatalogDefinition;

  beforeAll(async () => {
    database = await createDatabase(`
      ${cognitoServer} ${sevenColumns}
      create type cognito.plan as enum ('pro', 'free');
      alter type cognito.plan add value 'basic' before 'pro';
      create domain cognito.address as varchar(320);
      create domain cognito.work_address as cognito.address;
      create domain cognito.work_addresses as cognito.work_address[];
      create foreign table cognito.members (
        gone text,
        mail cognito.work_address options (attribute 'email') not null,
        plans cognito.plan[],
        mails cognito.work_addresses,
        "a = b" numeric(10, 2) options ("x" 'y=z')
      ) server cognito_server options (object 'users', "odd name" 'a=b');
      alter foreign table cognito.members drop column gone;
      comment on schema cognito is 'the pool';
      comment on foreign table cognito.members is 'who is one';
      comment on column cognito.members.mail is 'where to write';
      create role grandparent; create role parent in role grandparent; create role child in role parent;
      create role nobody_at_all; create role unused_schema;
      revoke all on schema cognito from public;
      grant usage on schema cognito to grandparent;
      grant select (mail) on cognito.members to grandparent;
      grant select on cognito.users to child;
      grant select on cognito.users to unused_schema;`);
    catalog = await parseCatalog(await readCatalogText(database.client));
  });

  afterAll(async () => {
    await database.client.query(
      `drop owned by grandparent, child, unused_schema;
       drop role child; drop role parent; drop role grandparent; drop role nobody_at_all; drop role unused_schema`,
    );
    await database.drop();
  });

  const table = (name: string) => catalog.tables.find((candidate) => candidate.name === name);
  const readableBy = (role: string) =>
    catalog.roles.find((candidate) => candidate.role === role)?.readable.get('cognito');

  test('finds servers with their wrappers and options', () => {
    expect(catalog.servers).toEqual([
      {
        name: 'cognito_server',
        options: new Map([
          ['aws_access_key_id', 'AKIAIOSFODNN7EXAMPLE'],
          ['aws_secret_access_key', 'very-secret'],
          ['region', 'us-east-1'],
          ['user_pool_id', 'us-east-1_TestPool1'],
        ]),
        wrapper: { name: 'cognito_wrapper', handler: undefined, options: new Map() },
      },
    ]);
  });

  test('finds tables in the order of their names, with options that hold an equals sign', () => {
    expect(catalog.tables.map(({ schema, name }) => `${schema}.${name}`)).toEqual([
      'cognito.members',
      'cognito.users',
    ]);
    expect(table('members')?.options).toEqual(
      new Map([
        ['object', 'users'],
        ['odd name', 'a=b'],
      ]),
    );
  });

  test('leaves dropped columns out and keeps the order of the others', () => {
    expect(table('members')?.columns.map((column) => column.name)).toEqual([
      'mail',
      'plans',
      'mails',
      'a = b',
    ]);
  });

  test('resolves a domain over a domain to its base type with its modifiers', () => {
    expect(table('members')?.columns[0]).toEqual({
      name: 'mail',
      type: { name: 'varchar', schema: 'pg_catalog', array: false, modifier: 320 + 4, enum: undefined },
      notNull: true,
      options: new Map([['attribute', 'email']]),
      comment: 'where to write',
    });
  });

  test('resolves domains of arrays and of their elements', () => {
    expect(table('members')?.columns[2]?.type).toEqual({
      name: 'varchar',
      schema: 'pg_catalog',
      array: true,
      modifier: 320 + 4,
      enum: undefined,
    });
  });

  test('tells the labels of an enum in their sort order, through an array', () => {
    expect(table('members')?.columns[1]?.type).toEqual({
      name: 'plan',
      schema: 'cognito',
      array: true,
      enum: { labels: ['basic', 'pro', 'free'], comment: undefined },
    });
  });

  test('reads comments on schemas, tables and columns', () => {
    expect(catalog.schemas).toEqual([{ name: 'cognito', comment: 'the pool' }]);
    expect(table('members')?.comment).toBe('who is one');
    expect(table('users')?.comment).toBeUndefined();
  });

  test('counts inherited grants, of columns too', () => {
    expect(readableBy('child')).toEqual(
      new Map([
        ['members', new Set(['mail'])],
        [
          'users',
          new Set(['username', 'email', 'status', 'enabled', 'created_at', 'updated_at', 'attributes']),
        ],
      ]),
    );
  });

  test('a grant on a table is worth nothing without usage of its schema', () => {
    expect(readableBy('unused_schema')).toBeUndefined();
    expect(readableBy('nobody_at_all')).toBeUndefined();
  });

  test('a superuser may read everything', () => {
    expect(readableBy(catalog.loginRole)?.get('members')?.size).toBe(4);
  });
});
