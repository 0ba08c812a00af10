import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cutToMilliseconds,
  MalformedAnswerError,
  parseEstimate,
  parsePage,
} from '../../../src/source/cognito/page.ts';

describe('a page', () => {
  test('holds fields and attributes in the order of the API', () => {
    const page = parsePage({
      Users: [
        {
          Username: 'alice',
          Attributes: [{ Name: 'sub', Value: '1' }, { Name: 'email', Value: '' }, { Name: 'custom:x' }],
          UserCreateDate: 1_700_000_000.125,
          UserLastModifiedDate: 1_700_000_001,
          Enabled: true,
          UserStatus: 'NEVER_SEEN',
          MFAOptions: [],
        },
      ],
      PaginationToken: 'next',
    });
    expect(page).toEqual({
      records: [
        {
          fields: ['alice', 'NEVER_SEEN', true, 1_700_000_000_125, 1_700_000_001_000],
          attributes: [
            ['sub', '1'],
            ['email', ''],
            ['custom:x', null],
          ],
        },
      ],
      token: 'next',
    });
  });

  test('is the last one without a token', () => {
    expect(parsePage({ Users: [] })).toEqual({ records: [], token: undefined });
    expect(parsePage({ Users: [], PaginationToken: null }).token).toBeUndefined();
  });

  test('may hold more users than were asked for, as those of emulators without pages do', () => {
    const users = Array.from({ length: 5_000 }, (_, i) => ({ Username: `user${i}` }));
    expect(parsePage({ Users: users }).records).toHaveLength(5_000);
  });

  test('may say nothing of a user but the username', () => {
    expect(parsePage({ Users: [{ Username: 'bob', Attributes: null, UserStatus: null }] }).records).toEqual([
      { fields: ['bob', null, false, null, null], attributes: [] },
    ]);
  });

  test.each([
    ['is nothing', undefined],
    ['is null', null],
    ['is a text', 'page'],
    ['is a list', []],
    ['has no users', {}],
    ['has users that are no list', { Users: {} }],
    ['has a token that is no text', { Users: [], PaginationToken: 7 }],
    ['has a user that is null', { Users: [null] }],
    ['has a user without Username', { Users: [{ Enabled: true }] }],
    ['has a user with an empty Username', { Users: [{ Username: '' }] }],
    ['has a user with a Username that is half a character', { Users: [{ Username: 'a\ud800' }] }],
    ['has a date that is no number', { Users: [{ Username: 'a', UserCreateDate: '2024-01-01' }] }],
    ['has a date beyond all dates', { Users: [{ Username: 'a', UserLastModifiedDate: 1e300 }] }],
    ['has a status that is no text', { Users: [{ Username: 'a', UserStatus: 1 }] }],
    ['has an Enabled that is no boolean', { Users: [{ Username: 'a', Enabled: 'yes' }] }],
    ['has attributes that are no list', { Users: [{ Username: 'a', Attributes: { sub: '1' } }] }],
    ['has an attribute without Name', { Users: [{ Username: 'a', Attributes: [{ Value: '1' }] }] }],
    ['has a token of a megabyte', { Users: [], PaginationToken: 'x'.repeat(2 ** 20) }],
    ['has a user with hundreds of attributes', { Users: [{ Username: 'a', Attributes: named(251) }] }],
    [
      'has an attribute whose Name is a kilobyte long',
      { Users: [{ Username: 'a', Attributes: [{ Name: 'n'.repeat(1025) }] }] },
    ],
    ['has a value that is no text', { Users: [{ Username: 'a', Attributes: [{ Name: 'n', Value: 1 }] }] }],
  ])('is refused where it %s', (_, body) => {
    expect(() => parsePage(body)).toThrow(MalformedAnswerError);
  });
});

test.each([
  ['a whole number', { UserPool: { EstimatedNumberOfUsers: 7 } }, 7],
  ['none', { UserPool: { EstimatedNumberOfUsers: 0 } }, 0],
  ['less than none', { UserPool: { EstimatedNumberOfUsers: -5 } }, undefined],
  ['a part of one', { UserPool: { EstimatedNumberOfUsers: 0.5 } }, undefined],
  ['more than all numbers', { UserPool: { EstimatedNumberOfUsers: Number.POSITIVE_INFINITY } }, undefined],
  ['a text', { UserPool: { EstimatedNumberOfUsers: '7' } }, undefined],
  ['nothing', { UserPool: null }, undefined],
])('an estimate of %s', (_, body, users) => {
  expect(parseEstimate(body)).toBe(users);
});

function named(count: number): { Name: string }[] {
  return Array.from({ length: count }, (_, i) => ({ Name: `n${i}` }));
}

describe('a timestamp', () => {
  test('is cut to milliseconds, not rounded', () => {
    expect(cutToMilliseconds(1_700_000_000.5)).toBe(1_700_000_000_500);
    expect(cutToMilliseconds(1_700_000_000.9996)).toBe(1_700_000_000_999);
    expect(cutToMilliseconds(0)).toBe(0);
  });

  test('is cut where its floating-point number falls short of the decimal one, as the Wrappers extension does', () => {
    expect(cutToMilliseconds(1_700_000_000.123)).toBe(1_700_000_000_122);
  });

  test('before 1970 is cut towards the past', () => {
    expect(cutToMilliseconds(-0.5)).toBe(-500);
    expect(cutToMilliseconds(-1.0005)).toBe(-1_001);
  });

  test('loses less than a millisecond and gains none', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e10, max: 1e10, noNaN: true }), (seconds) => {
        const lost = seconds - cutToMilliseconds(seconds) / 1000;
        expect(lost).toBeGreaterThanOrEqual(-1e-6);
        expect(lost).toBeLessThan(0.001001);
      }),
    );
  });
});
