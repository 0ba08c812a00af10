import { expect, test } from 'vitest';
import { CursorSeal } from '../../../src/rows/page/cursor-seal.ts';

test('two seals with the same secret open what the other has sealed, and seal it equally', () => {
  const [one, other] = [new CursorSeal('a secret'), new CursorSeal('a secret')];
  const sealed = one.seal('alice');
  expect(other.open(sealed)).toBe('alice');
  expect(other.seal('alice')).toBe(sealed);
});

test.each([
  ['another secret', new CursorSeal('another secret')],
  ['no secret', new CursorSeal()],
])('a seal of %s opens only its own', (_, other) => {
  expect(other.open(new CursorSeal('a secret').seal('alice'))).toBeUndefined();
  expect(other.open(new CursorSeal().seal('alice'))).toBeUndefined();
  expect(other.open(other.seal('alice'))).toBe('alice');
});

test('nothing sealed shows the identity', () => {
  expect(Buffer.from(new CursorSeal().seal('alice'), 'base64url').includes('alice')).toBe(false);
});

test.each(['', 'AAAA', 'A'.repeat(100), 'not base64!'])('%j is not opened', (text) => {
  expect(new CursorSeal('a secret').open(text)).toBeUndefined();
});
