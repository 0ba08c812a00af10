import { describe, expect, test } from 'vitest';
import { Pace } from '../../../src/columns/pace.ts';
import { filterRows, readValue } from '../../../src/rows/query.ts';
import { type ExampleUser, userColumn, usersTable, viewUsers } from '../example-users.ts';

const table = usersTable([]);

describe('the value of a row', () => {
  test('is printed as the column declares it', async () => {
    const user: ExampleUser = ['a', { n: '007', tags: '{a,NULL,"b c"}', doc: '{"b":1.50,"a":[]}' }];
    const view = await viewUsers([user], table);
    const read = (...column: Parameters<typeof userColumn>) => readValue(view, userColumn(...column), 0);
    expect(read('n')).toEqual({ ok: true, value: '007' });
    expect(read('n', 'int4')).toEqual({ ok: true, value: 7 });
    expect(read('n', 'int8')).toEqual({ ok: true, value: '7' });
    expect(read('n', 'numeric')).toEqual({ ok: true, value: '7' });
    expect(read('tags', 'text', true)).toEqual({ ok: true, value: ['a', null, 'b c'] });
    expect(read('doc', 'json')).toEqual({ ok: true, value: '{"b":1.50,"a":[]}' });
    expect(read('doc', 'jsonb')).toEqual({ ok: true, value: '{"a": [], "b": 1.50}' });
  });

  test('that is an instant has an offset if the type has one', async () => {
    const view = await viewUsers([['a']], table);
    const read = (...kind: [Parameters<typeof userColumn>[1]]) =>
      readValue(view, userColumn('created_at', ...kind), 0);
    expect(read('timestamp')).toEqual({ ok: true, value: '2024-02-29T12:00:00.12' });
    expect(read('timestamptz')).toEqual({ ok: true, value: '2024-02-29T12:00:00.12+00:00' });
    expect(read('date')).toEqual({ ok: true, value: '2024-02-29' });
    expect(read('time')).toEqual({ ok: true, value: '12:00:00.12' });
    expect(read('text')).toEqual({ ok: true, value: '2024-02-29 12:00:00.12' });
  });

  test('that is all attributes is an array of objects with one key each', async () => {
    const view = await viewUsers([['a', { sub: '1', email: 'a@b' }], ['b']], table);
    const attributes = userColumn('attributes', 'jsonb');
    expect(readValue(view, attributes, 0)).toEqual({ ok: true, value: '[{"sub": "1"}, {"email": "a@b"}]' });
    expect(readValue(view, attributes, 1)).toEqual({ ok: true, value: '[]' });
  });

  test('is null if the row has none', async () => {
    const view = await viewUsers([['a', { other: null }]], table);
    expect(readValue(view, userColumn('missing', 'int4'), 0)).toEqual({ ok: true, value: null });
    expect(readValue(view, userColumn('other'), 0)).toEqual({ ok: true, value: null });
  });
});

test('an invalid text is an error when it is read, NULL when it is filtered, and counted', async () => {
  const view = await viewUsers([['a', { n: 'seven' }], ['b', { n: '7' }], ['c']], table);
  const n = userColumn('n', 'int4');
  expect(readValue(view, n, 0)).toEqual({ ok: false, error: 'stored text is not a valid int4' });
  expect(
    await filterRows(view, { kind: 'isNull', column: n, negated: false }, [0, 1, 2], new Pace()),
  ).toEqual([0, 2]);
  expect((await view.typed(n, new Pace())).invalidValues).toBe(1);
});

test.each([
  ['NaN', 'NaN'],
  ['inf', 'Infinity'],
  ['-Infinity', '-Infinity'],
])('a float that JSON has no number for is an error where it is read: %s', async (text, name) => {
  const view = await viewUsers([['a', { x: text, list: `{1,${text}}` }]], table);
  const expected = { ok: false, error: `JSON has no number for ${name}` };
  expect(readValue(view, userColumn('x', 'float4'), 0)).toEqual(expected);
  expect(readValue(view, userColumn('x', 'float8'), 0)).toEqual(expected);
  expect(readValue(view, userColumn('list', 'float8', true), 0)).toEqual(expected);
  expect(readValue(view, userColumn('x', 'numeric'), 0)).toEqual({ ok: true, value: name });
});
