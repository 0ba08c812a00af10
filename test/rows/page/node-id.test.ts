import { describe, expect, test } from 'vitest';
import { decodeNodeId, encodeNodeId } from '../../../src/rows/page/cursor-and-node-id.ts';
import { userColumn, usersTable, viewUsers } from '../example-users.ts';

const username = userColumn('username');
const tenant = userColumn('tenant', 'int8');
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a nodeId', () => {
  test('is base64 of the JSON array of schema, table and key', async () => {
    const view = await viewUsers([['alice']], usersTable([username], [username]));
    expect(encodeNodeId(view, 0)).toBe('WyJjb2duaXRvIiwgInVzZXJzIiwgImFsaWNlIl0=');
  });

  test('is read back', () => {
    expect(decodeNodeId('WyJjb2duaXRvIiwgInVzZXJzIiwgImFsaWNlIl0=')).toEqual({
      schema: 'cognito',
      table: 'users',
      values: ['alice'],
    });
  });

  test('contains each column of the key, null if the row has no value', async () => {
    const table = usersTable([username, tenant], [tenant, username]);
    const view = await viewUsers([['a', { tenant: '9007199254740993' }], ['b']], table);
    expect(encodeNodeId(view, 0)).toBe(base64('["cognito", "users", 9007199254740993, "a"]'));
    expect(encodeNodeId(view, 1)).toBe(base64('["cognito", "users", null, "b"]'));
  });

  test('returns numbers that a double cannot represent as their digits', () => {
    expect(decodeNodeId(base64('["s", "t", 9007199254740993, 7, 1.50]'))?.values).toEqual([
      '9007199254740993',
      7,
      '1.50',
    ]);
  });

  test.each([
    ['no base64', '?'],
    ['no JSON', base64('alice')],
    ['an object', base64('{"schema": "cognito"}')],
    ['an array without key', base64('["cognito", "users"]')],
    ['an array without table', base64('["cognito"]')],
    ['a table that is no string', base64('["cognito", 1, "alice"]')],
    ['text cut short', 'WyJjb2duaXRvIiwgInVzZXJzIiwgImFsaWNl'],
  ])('of %s is none', (_, text) => {
    expect(decodeNodeId(text)).toBeUndefined();
  });
});
