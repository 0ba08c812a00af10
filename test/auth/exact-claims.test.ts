import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exactClaims } from '../../src/auth/exact-claims.ts';

function claimsOf(payload: string) {
  return exactClaims(`header.${Buffer.from(payload).toString('base64url')}.signature`);
}

describe('a number of a token', () => {
  test.each([
    ['9007199254740993', '9007199254740993'],
    ['-9007199254740993', '-9007199254740993'],
    ['9007199254740993.0', '9007199254740993.0'],
    ['1.00000000000000000001', '1.00000000000000000001'],
    ['1e400', '1e400'],
    [`1.${'0'.repeat(10_000)}1`, `1.${'0'.repeat(10_000)}1`],
    ['1e-400', '1e-400'],
  ])('%s is given as its text, because it would be rounded', (number, expected) => {
    expect(claimsOf(`{"id":${number},"in":[{"id":${number}}]}`)).toEqual({
      id: expected,
      in: [{ id: expected }],
    });
  });

  test.each([
    ['0', 0],
    ['-0', -0],
    ['9007199254740991', 9007199254740991],
    ['1e3', 1000],
    ['1.50', 1.5],
    ['0.1', 0.1],
    ['1E-2', 0.01],
    ['9007199254740992', 9007199254740992],
  ])('%s is a number', (number, expected) => {
    expect(claimsOf(`{"id": ${number} }`)).toEqual({ id: expected });
  });

  test('is not touched within a string', () => {
    const claims = { 'a 9007199254740993': '"9007199254740993" \\', list: ['1e400\\"', 1] };
    expect(claimsOf(JSON.stringify(claims))).toEqual(claims);
  });
});

test('everything that JSON represents exactly is unchanged', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (claims) => {
      const text = JSON.stringify(claims);
      expect(claimsOf(text)).toEqual(JSON.parse(text));
    }),
  );
});
