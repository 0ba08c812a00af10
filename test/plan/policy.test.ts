import { beforeAll, describe, expect, test } from 'vitest';
import { Pace } from '../../src/columns/pace.ts';
import type { PolicyFilter, Table } from '../../src/model/model.ts';
import { policyProblems, visibilityOf } from '../../src/plan/policy.ts';
import { filterRows } from '../../src/rows/query.ts';
import type { TableView } from '../../src/rows/store/view.ts';
import { userColumn, usersTable, viewUsers } from '../rows/example-users.ts';

const username = userColumn('username');
const email = userColumn('email');
const account = userColumn('account', 'int8');
const plain = usersTable([username, email, account], [username]);

const users = [
  ['jan', { email: 'jan@x.test', account: '9007199254740992' }],
  ['joan', { email: 'J_N@x.test', account: '9007199254740993' }],
  ['pct', { email: '100%', account: '7' }],
  ['none', {}],
] as const;

let view: TableView;

beforeAll(async () => {
  view = await viewUsers(users, plain);
});

const withPolicy = (policy: PolicyFilter): Table => ({ ...plain, policies: new Map([['member', policy]]) });

/** The users that a member with these claims sees. */
async function seen(policy: PolicyFilter, claims: Record<string, unknown> = {}): Promise<readonly string[]> {
  const visibility = visibilityOf(withPolicy(policy), 'member', claims);
  if (visibility === 'none') return [];
  const all = users.map((_, row) => row);
  const rows = visibility === 'all' ? all : await filterRows(view, visibility.filter, all, new Pace());
  return rows.map((row) => view.store.identity.get(row) ?? '');
}

const everybody = ['jan', 'joan', 'none', 'pct'];

describe('a policy', () => {
  test('shows all rows if the table has no policies, and none if the role has none', () => {
    expect(visibilityOf(plain, 'member', {})).toBe('all');
    expect(visibilityOf(withPolicy({}), 'stranger', {})).toBe('none');
  });

  test('that is empty shows all rows', async () => {
    expect(await seen({})).toEqual(everybody);
  });

  test.each([
    [{ email: {} }],
    [{ email: null }],
    [{ and: [] }],
    [{ email: { in: [] } }],
    [{ phone: { eq: 'x' } }],
  ])('that is not complete shows none: %j', async (policy) => {
    expect(await seen(policy)).toEqual([]);
  });

  test('that is nested more deeply than a request may be shows none, and is reported', async () => {
    const nested = (levels: number) => {
      let filter: PolicyFilter = { email: { eq: { claim: 'email' } } };
      for (let i = 0; i < levels; i++) filter = { not: filter };
      return filter;
    };
    expect(policyProblems(withPolicy(nested(30)))).toEqual([]);
    expect(await seen(nested(30), { email: 'jan@x.test' })).toEqual(['jan']);
    expect(policyProblems(withPolicy(nested(32)))).toMatchObject([
      { reason: expect.stringContaining('objects within objects') },
    ]);
    expect(await seen(nested(32), { email: 'jan@x.test' })).toEqual([]);
  });

  test('compares with the claims of the caller', async () => {
    const policy = { email: { eq: { claim: 'email' } } };
    expect(await seen(policy, { email: 'jan@x.test' })).toEqual(['jan']);
    expect(await seen(policy, {})).toEqual([]);
    expect(await seen(policy, { email: null })).toEqual([]);
    expect(await seen({ not: policy }, {})).toEqual([]);
  });

  test('matches nothing if a claim has another type than its column', async () => {
    expect(await seen({ account: { eq: { claim: 'account' } } }, { account: 'seven' })).toEqual([]);
  });

  test.each([2 ** 53, 2 ** 53 + 2, -(2 ** 53), 1e300])(
    'matches nothing by a number that JSON may have rounded: %d',
    async (claim) => {
      expect(await seen({ account: { eq: { claim: 'id' } } }, { id: claim })).toEqual([]);
      expect(await seen({ account: { in: { claim: 'ids' } } }, { ids: [claim] })).toEqual([]);
      expect(await seen({ account: { in: [{ claim: 'id' }] } }, { id: claim })).toEqual([]);
      expect(await seen({ not: { account: { eq: { claim: 'id' } } } }, { id: claim })).toEqual([]);
    },
  );

  test('reads numbers exactly if they are safe, or strings', async () => {
    const policy = { account: { eq: { claim: 'id' } } };
    expect(await seen(policy, { id: 7 })).toEqual(['pct']);
    expect(await seen(policy, { id: '9007199254740993' })).toEqual(['joan']);
  });

  test.each(['like', 'ilike', 'regex', 'iregex', 'startsWith'])(
    'takes a claim in %s literally',
    async (operator) => {
      const policy = { email: { [operator]: { claim: 'text' } } };
      const isCaseless = operator.startsWith('i');
      expect(await seen(policy, { text: isCaseless ? 'j_n@X.test' : 'J_N@x.test' })).toEqual(['joan']);
      expect(await seen(policy, { text: 'j.n@x.test' })).toEqual([]);
      expect(await seen(policy, { text: '100%' })).toEqual(['pct']);
      for (const text of ['.*', '_%', '', null, '^', '%%', ['jan@x.test'], 7]) {
        expect({ text, seen: await seen(policy, { text }) }).toEqual({ text, seen: [] });
      }
    },
  );

  test('keeps the conditions that rest on claims apart from those that are the same for everyone', () => {
    const policy = { email: { neq: 'x' }, account: { eq: { claim: 'id' } } };
    expect(visibilityOf(withPolicy(policy), 'member', { id: 7 })).toMatchObject({
      filter: {
        kind: 'and',
        filters: [
          { kind: 'compare', column: email },
          { kind: 'personal', filter: { kind: 'compare', column: account, value: 7n } },
        ],
      },
    });
  });

  test('that uses no claims is read once', () => {
    const table = withPolicy({ email: { neq: 'x' } });
    expect(visibilityOf(table, 'member', { id: 1 })).toBe(visibilityOf(table, 'member', { id: 2 }));
  });
});

describe('the problems of policies', () => {
  test('are absent if they are valid', () => {
    expect(policyProblems(plain)).toEqual([]);
    expect(policyProblems(withPolicy({ email: { eq: { claim: 'email' } } }))).toEqual([]);
  });

  test('say what is wrong', () => {
    expect(policyProblems(withPolicy({ phone: { eq: 'x' } }))).toEqual([
      {
        object: 'cognito.users',
        reason: 'its policy for the role member is wrong: filter: users has no field "phone"',
        hint: 'correct "policies" in its directive; until then the role sees no rows',
      },
    ]);
  });

  test('warn of claims as patterns, at any place', () => {
    const policy = { or: [{ not: { email: { ilike: { claim: 'email' } } } }, { email: { eq: 'x' } }] };
    expect(policyProblems(withPolicy(policy))).toEqual([
      {
        object: 'cognito.users',
        reason:
          "its policy for the role member compares email with a claim by ilike; the claim's text is taken literally, and an empty one matches nothing",
        hint: 'use eq to compare the whole value',
      },
    ]);
  });
});
