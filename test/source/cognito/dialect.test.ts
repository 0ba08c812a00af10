import { describe, expect, test } from 'vitest';
import type { ColumnDefinition, ForeignTableDefinition } from '../../../src/model/definition.ts';
import { failure, success } from '../../../src/model/result.ts';
import { cognitoDialect } from '../../../src/source/cognito/dialect.ts';

describe('a table stands for', () => {
  test('users', () => {
    expect(cognitoDialect.objectOf(table({ object: 'users' }))).toEqual(success('users'));
  });

  test.each([
    ['no object', {}, 'lacks the option object', "add object 'users'"],
    ['another object', { object: 'groups' }, 'but is "groups"', "set object 'users'"],
    ['an object in other letters', { object: 'Users' }, 'but is "Users"', "set object 'users'"],
  ])('nothing where it has %s', (_, options, reason, hint) => {
    expect(cognitoDialect.objectOf(table(options))).toEqual(
      failure({ reason: expect.stringContaining(reason), hint: expect.stringContaining(hint) }),
    );
  });
});

describe('a column comes from', () => {
  test.each(['username', 'status', 'enabled', 'created_at', 'updated_at'])('the field %s', (field) => {
    expect(cognitoDialect.originOf(column(field), table({}))).toEqual(success({ kind: 'field', field }));
  });

  test('all attributes if it is named attributes', () => {
    expect(cognitoDialect.originOf(column('attributes', {}, 'jsonb'), table({}))).toEqual(
      success({ kind: 'attributes' }),
    );
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
    expect(cognitoDialect.originOf(column(attribute), table({}))).toEqual(
      success({ kind: 'attribute', attribute }),
    );
  });

  test.each(['tenant', 'username', 'attributes', 'email', 'updated_at'])(
    'the attribute that its option names, whatever its own name: %s',
    (name) => {
      expect(cognitoDialect.originOf(column(name, { attribute: 'custom:tenant' }), table({}))).toEqual(
        success({ kind: 'attribute', attribute: 'custom:tenant' }),
      );
    },
  );

  test.each(['tenant', 'custom:', 'Email', 'phone', ''])('nowhere where it is named %j', (name) => {
    expect(cognitoDialect.originOf(column(name), table({}))).toEqual(
      failure({
        reason: expect.stringContaining('must be named like'),
        hint: expect.stringContaining("(add attribute 'custom:x')"),
      }),
    );
  });

  test('nothing if its option is empty', () => {
    expect(cognitoDialect.originOf(column('email', { attribute: '' }), table({}))).toHaveProperty(
      'ok',
      false,
    );
  });
});

test.each([
  ['emial', 'email'],
  ['user_name', 'username'],
  ['create_at', 'created_at'],
  ['givenname', 'given_name'],
])('a column named %s is told of %s', (name, meant) => {
  expect(cognitoDialect.originOf(column(name), table({}))).toMatchObject({
    error: { hint: expect.stringContaining(`did you mean ${meant}?`) },
  });
});

test('an option with a misspelt attribute gets a suggestion', () => {
  expect(cognitoDialect.originOf(column('mail', { attribute: 'emial' }), table({}))).toEqual(
    failure({
      reason: `the column's option attribute is "emial", which is no attribute of a Cognito user`,
      hint: expect.stringContaining("(set attribute 'email')"),
    }),
  );
});

test('an option may name an unknown attribute that resembles no known one', () => {
  const origin = { kind: 'attribute', attribute: 'shoe_size' };
  expect(cognitoDialect.originOf(column('x', { attribute: 'shoe_size' }), table({}))).toEqual(
    success(origin),
  );
  const updated = { kind: 'attribute', attribute: 'updated_at' };
  expect(cognitoDialect.originOf(column('x', { attribute: 'updated_at' }), table({}))).toEqual(
    success(updated),
  );
});

test('all attributes must be JSON', () => {
  expect(cognitoDialect.originOf(column('attributes'), table({}))).toEqual(
    failure({
      reason: 'all attributes together are JSON, but its type is text',
      hint: 'declare it as jsonb',
    }),
  );
});

test('only the username is never null', () => {
  expect(cognitoDialect.isAlwaysPresent({ kind: 'field', field: 'username' })).toBe(true);
  expect(cognitoDialect.isAlwaysPresent({ kind: 'field', field: 'status' })).toBe(false);
  expect(cognitoDialect.isAlwaysPresent({ kind: 'attribute', attribute: 'sub' })).toBe(false);
});

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

function column(name: string, options: Record<string, string> = {}, type = 'text'): ColumnDefinition {
  return {
    name,
    type: { name: type, schema: 'pg_catalog', array: false, enum: undefined },
    notNull: false,
    options: new Map(Object.entries(options)),
    comment: undefined,
  };
}
