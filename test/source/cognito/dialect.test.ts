import { describe, expect, test } from 'vitest';
import type {
  ColumnDefinition,
  ForeignTableDefinition,
  ServerDefinition,
} from '../../../src/model/definition.ts';
import { cognitoDialect } from '../../../src/source/cognito/dialect.ts';

describe('a server is recognised', () => {
  test('by the handler of its wrapper', () => {
    expect(cognitoDialect.recognises(server({ name: 'any', handler: 'cognito_fdw_handler' }))).toBe(true);
  });

  test("by the wrapper's name where it has no handler", () => {
    expect(cognitoDialect.recognises(server({ name: 'cognito_wrapper' }))).toBe(true);
  });

  test("by the wrapper's option source where it has no handler", () => {
    expect(cognitoDialect.recognises(server({ name: 'any', options: { source: 'cognito' } }))).toBe(true);
  });

  test('but not where another handler says otherwise', () => {
    const other = { name: 'cognito_wrapper', handler: 'auth0_fdw_handler', options: { source: 'cognito' } };
    expect(cognitoDialect.recognises(server(other))).toBe(false);
  });

  test('but not by anything else', () => {
    expect(cognitoDialect.recognises(server({ name: 'postgres_fdw', options: { source: 'other' } }))).toBe(
      false,
    );
  });
});

describe('a table stands for', () => {
  test('users', () => {
    expect(cognitoDialect.objectOf(table({ object: 'users' }))).toEqual({ object: 'users' });
  });

  test.each([
    ['no object', {}, 'but it has none', "add object 'users'"],
    ['another object', { object: 'groups' }, 'but got "groups"', "set object 'users'"],
    ['an object in other letters', { object: 'Users' }, 'but got "Users"', "set object 'users'"],
  ])('nothing where it has %s', (_, options, reason, hint) => {
    expect(cognitoDialect.objectOf(table(options))).toEqual({
      reason: expect.stringContaining(reason),
      hint: expect.stringContaining(hint),
    });
  });
});

describe('a column comes from', () => {
  test.each(['username', 'status', 'enabled', 'created_at', 'updated_at'])('the field %s', (field) => {
    expect(cognitoDialect.originOf(column(field))).toEqual({ kind: 'field', field });
  });

  test('all attributes where it is named attributes', () => {
    expect(cognitoDialect.originOf(column('attributes'))).toEqual({ kind: 'attributes' });
  });

  test.each([
    'sub',
    'name',
    'given_name',
    'family_name',
    'middle_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'website',
    'email',
    'email_verified',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'phone_number',
    'phone_number_verified',
    'address',
    'identities',
    'custom:tenant',
    'dev:custom:cost',
    'cognito:mfa_enabled',
    'cognito:user_status',
  ])('the attribute %s', (attribute) => {
    expect(cognitoDialect.originOf(column(attribute))).toEqual({ kind: 'attribute', attribute });
  });

  test.each(['tenant', 'username', 'attributes', 'email', 'updated_at'])(
    'the attribute that its option names, whatever its own name: %s',
    (name) => {
      expect(cognitoDialect.originOf(column(name, { attribute: 'custom:tenant' }))).toEqual({
        kind: 'attribute',
        attribute: 'custom:tenant',
      });
    },
  );

  test.each(['tenant', 'custom:', 'Email', 'phone', ''])('nowhere where it is named %j', (name) => {
    expect(cognitoDialect.originOf(column(name))).toEqual({
      reason: expect.stringContaining('must be named like'),
      hint: expect.stringContaining("options (add attribute 'custom:x')"),
    });
  });

  test('nowhere where its option is empty', () => {
    expect(cognitoDialect.originOf(column('email', { attribute: '' }))).toHaveProperty('reason');
  });
});

test('the username alone is always there', () => {
  expect(cognitoDialect.isAlwaysPresent({ kind: 'field', field: 'username' })).toBe(true);
  expect(cognitoDialect.isAlwaysPresent({ kind: 'field', field: 'status' })).toBe(false);
  expect(cognitoDialect.isAlwaysPresent({ kind: 'attribute', attribute: 'sub' })).toBe(false);
});

function server(wrapper: {
  name: string;
  handler?: string;
  options?: Record<string, string>;
}): ServerDefinition {
  return {
    name: 'pool',
    options: new Map(),
    wrapper: {
      name: wrapper.name,
      handler: wrapper.handler,
      options: new Map(Object.entries(wrapper.options ?? {})),
    },
  };
}

function table(options: Record<string, string>): ForeignTableDefinition {
  return {
    schema: 'public',
    name: 'users',
    server: 'pool',
    options: new Map(Object.entries(options)),
    comment: undefined,
    columns: [],
  };
}

function column(name: string, options: Record<string, string> = {}): ColumnDefinition {
  return {
    name,
    type: { name: 'text', schema: 'pg_catalog', array: false, enumLabels: undefined },
    notNull: false,
    options: new Map(Object.entries(options)),
    comment: undefined,
  };
}
