import { expect, test } from 'vitest';
import { claimAt } from '../../src/auth/claims.ts';

const claims = {
  role: 'editor',
  'a.b': 'literal',
  a: { b: 'nested', c: null, 'd.e': { f: 1 }, list: ['x'] },
  'https://x.example/claims': { tenant: 't1' },
};

test.each<[string, unknown]>([
  ['role', 'editor'],
  ['a.b', 'literal'],
  ['a.c', null],
  ['a.d.e.f', 1],
  ['https://x.example/claims.tenant', 't1'],
  ['a', claims.a],
  ['a.list', ['x']],
])('%s is found', (path, value) => {
  expect(claimAt(claims, path)).toEqual(value);
});

test.each([
  '',
  '.',
  'rol',
  'role.length',
  'a.list.0',
  'a.list.length',
  'a.c.d',
  'a..b',
  'constructor',
  '__proto__',
])('%j is absent', (path) => {
  expect(claimAt(claims, path)).toBeUndefined();
});
