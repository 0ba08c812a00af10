import { describe, expect, test } from 'vitest';
import { toOrder } from '../../src/plan/order.ts';
import { type PageInput, toPage } from '../../src/plan/page.ts';
import { encodeCursor } from '../../src/rows/page/cursor-and-node-id.ts';
import { CursorSeal } from '../../src/rows/page/cursor-seal.ts';
import { userColumn, usersTable, viewUsers } from '../rows/example-users.ts';

const username = userColumn('username');
const email = userColumn('email');
const table = usersTable([username, email], [username]);
const byKey = toOrder(table, []);

describe('the order', () => {
  test('ends with the key, so that no two rows are equal in it', () => {
    expect(byKey).toEqual([{ column: username, direction: 'asc', nulls: 'last' }]);
    expect(toOrder(table, [{ email: 'DescNullsFirst' }, null, {}, { email: null }])).toEqual([
      { column: email, direction: 'desc', nulls: 'first' },
      { column: username, direction: 'asc', nulls: 'last' },
    ]);
  });

  test('is rejected if an element names several fields, or there are too many', () => {
    expect(() => toOrder(table, [{ email: 'AscNullsLast', username: 'AscNullsLast' }])).toThrow(
      'orderBy.0 names several fields (email, username): make each an element of its own',
    );
    expect(() => toOrder(table, Array(101).fill({ email: 'AscNullsLast' }))).toThrow(
      'orderBy may have at most 100 elements; this one has 101',
    );
  });
});

describe('the page', () => {
  const page = (input: PageInput) => toPage(table, byKey, input, new CursorSeal());

  test('is by default the first one, with the maximum size', () => {
    expect(page({})).toEqual({ limit: 30, offset: 0, backward: false, cursor: undefined });
    expect(page({ first: 1000 })).toMatchObject({ limit: 30 });
    expect(page({ first: null, last: null, after: null, before: null, offset: null })).toEqual(page({}));
  });

  test('starts after a cursor, or ends before one', async () => {
    const view = await viewUsers([['ada'], ['bob']], table);
    const cursor = encodeCursor(view, byKey, 1);
    expect(page({ first: 2, after: cursor })).toEqual({
      limit: 2,
      offset: 0,
      backward: false,
      cursor: ['bob'],
    });
    expect(page({ last: 2, before: cursor })).toEqual({
      limit: 2,
      offset: 0,
      backward: true,
      cursor: ['bob'],
    });
  });

  test.each<[PageInput, string]>([
    [{ first: -1 }, 'first must not be negative, but got -1'],
    [{ first: 1, last: 1 }, 'first and last cannot be combined'],
    [{ before: 'x', after: 'x' }, 'before and after cannot be combined'],
    [{ first: 1, before: 'x' }, 'first and before cannot be combined'],
    [{ last: 1, after: 'x' }, 'last and after cannot be combined'],
    [{ offset: 0, last: 1 }, 'offset and last cannot be combined'],
    [{ offset: 0, before: 'x' }, 'offset and before cannot be combined'],
    [{ after: 'x' }, 'after is not a cursor of this collection in this order'],
    [{ after: 'x'.repeat(100_000) }, 'after is not a cursor of this collection in this order'],
  ])('is refused where its arguments make no sense: %j', (input, message) => {
    expect(() => page(input)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT', message }));
  });
});
