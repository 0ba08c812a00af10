import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from '../../../src/rows/page/cursor-and-node-id.ts';
import type { OrderKey } from '../../../src/rows/query.ts';
import { userColumn, usersTable, viewUsers } from '../example-users.ts';

const username = userColumn('username');
const age = userColumn('age', 'int4');
const big = userColumn('big', 'int8');
const table = usersTable([username, age, big], [username]);

function ascending(...columns: OrderKey['column'][]): readonly OrderKey[] {
  return columns.map((column) => ({ column, direction: 'asc', nulls: 'last' }));
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a cursor', () => {
  test('of the default order is base64 of the JSON array of the key', async () => {
    const view = await viewUsers([['alice']], table);
    expect(encodeCursor(view, ascending(username), 0)).toBe('WyJhbGljZSJd');
  });

  test('contains the values of the order before the key, numbers as numbers', async () => {
    const view = await viewUsers([['3', { age: '20' }]], table);
    const id = userColumn('username', 'int4');
    expect(encodeCursor(view, ascending(age, id), 0)).toBe('WzIwLCAzXQ==');
    expect(decodeCursor(ascending(age, id), 'WzIwLCAzXQ==')).toEqual([20, 3]);
  });

  test('contains null if the row has no valid value', async () => {
    const view = await viewUsers([['a'], ['b', { age: 'old' }]], table);
    expect(encodeCursor(view, ascending(age, username), 0)).toBe(base64('[null, "a"]'));
    expect(encodeCursor(view, ascending(age, username), 1)).toBe(base64('[null, "b"]'));
    expect(decodeCursor(ascending(age, username), base64('[null, "a"]'))).toEqual([null, 'a']);
  });

  test('ends with the identity if the table has no key', async () => {
    const view = await viewUsers([['alice', { age: '20' }]], usersTable([age]));
    const cursor = encodeCursor(view, ascending(age), 0);
    expect(decodeCursor(ascending(age), cursor, view.seal)).toEqual([20, 'alice']);
    expect(decodeCursor(ascending(age), cursor)).toBeUndefined();
  });

  test('keeps all digits of large numbers', async () => {
    const view = await viewUsers([['a', { big: '9007199254740993' }]], table);
    const cursor = encodeCursor(view, ascending(big), 0);
    expect(cursor).toBe(base64('[9007199254740993]'));
    expect(decodeCursor(ascending(big), cursor)).toEqual([9007199254740993n]);
  });

  test('is read with or without white space in its JSON', () => {
    expect(decodeCursor(ascending(age, username), base64(' [20 ,"x"]\n'))).toEqual([20, 'x']);
  });

  test.each([
    ['no base64', '!'],
    ['base64 without its padding', 'WzIwLCAzXQ'],
    ['base64 with white space', 'WzIw LCAzXQ=='],
    ['bytes that are no UTF-8', Buffer.from([0x5b, 0xff, 0x5d]).toString('base64')],
    ['no JSON', base64('[20, ')],
    ['JSON that is no array', base64('{"age": 20}')],
    ['too few values', base64('[]')],
    ['too many values', base64('[20, 3]')],
    ['a string where the column holds numbers', base64('["20"]')],
    ['a number that the type cannot hold', base64('[2147483648]')],
    ['a fraction where the column holds whole numbers', base64('[20.5]')],
    ['a boolean', base64('[true]')],
    ['a list', base64('[[20]]')],
    ['further text', base64('[20] [20]')],
    ['nothing', ''],
  ])('of %s is none', (_, text) => {
    expect(decodeCursor(ascending(age), text)).toBeUndefined();
  });

  test('is text or undefined, whatever it is read from', () => {
    fc.assert(
      fc.property(fc.oneof(fc.base64String(), fc.string(), fc.json().map(base64)), (text) => {
        const values = decodeCursor(ascending(username), text);
        expect(values === undefined || typeof values[0] === 'string' || values[0] === null).toBe(true);
      }),
    );
  });
});
