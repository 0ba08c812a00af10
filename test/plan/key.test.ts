import { describe, expect, test } from 'vitest';
import { keyFilter, keyOf, parseNodeId } from '../../src/plan/key.ts';
import { userColumn, usersTable } from '../rows/example-users.ts';

const tenant = userColumn('tenant', 'int8');
const username = userColumn('username');
const table = usersTable([tenant, username], [tenant, username]);

const nodeId = (...parts: unknown[]) =>
  Buffer.from(`[${parts.map((part) => JSON.stringify(part)).join(', ')}]`).toString('base64');

describe('a nodeId', () => {
  test("contains the values of its table's key", () => {
    expect(keyOf(table, parseNodeId(nodeId('cognito', 'users', 7, 'ada'), 'nodeId'), 'nodeId')).toEqual([
      7n,
      'ada',
    ]);
    expect(keyFilter(table, nodeId('cognito', 'users', 7, 'ada'), 'filter.nodeId.eq')).toEqual({
      kind: 'and',
      filters: [
        { kind: 'compare', column: tenant, operator: 'eq', value: 7n },
        { kind: 'compare', column: username, operator: 'eq', value: 'ada' },
      ],
    });
  });

  test('that is null names no row', () => {
    expect(keyFilter(table, null, 'filter.nodeId.eq')).toMatchObject({
      filters: [{ value: null }, { value: null }],
    });
  });

  test.each<[unknown, string]>([
    ['ada', 'nodeId is not a nodeId of this API'],
    [7, 'nodeId is not a nodeId of this API'],
    ['x'.repeat(100_000), 'nodeId is not a nodeId of this API'],
    [nodeId('cognito', 'groups', 7, 'ada'), 'nodeId is the nodeId of another type than users'],
    [nodeId('cognito', 'users', 7), 'nodeId: the key of users has 2 values, this nodeId has 1'],
    [nodeId('cognito', 'users', 'seven', 'ada'), 'nodeId: "seven" is not a valid int8'],
  ])('is refused where it is none of the table: %j', (text, message) => {
    expect(() => keyOf(table, parseNodeId(text, 'nodeId'), 'nodeId')).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', message }),
    );
  });
});
