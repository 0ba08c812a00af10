import { beforeEach, expect, test, vi } from 'vitest';

type Module = typeof import('../../../src/rows/page/sealed-identity.ts');

/** As another process would have it. */
async function newProcess(): Promise<Module> {
  vi.resetModules();
  return import('../../../src/rows/page/sealed-identity.ts');
}

let one: Module;
let other: Module;

beforeEach(async () => {
  one = await newProcess();
  other = await newProcess();
});

test('processes that were told the same secret open what the others seal, and seal it alike', () => {
  one.useCursorSecret('a secret');
  other.useCursorSecret('a secret');
  const sealed = one.sealIdentity('alice');
  expect(other.openIdentity(sealed)).toBe('alice');
  expect(other.sealIdentity('alice')).toBe(sealed);
});

test('processes of other secrets, or none, do not', () => {
  one.useCursorSecret('a secret');
  const sealed = one.sealIdentity('alice');
  expect(other.openIdentity(sealed)).toBeUndefined();
  other.useCursorSecret('another secret');
  expect(other.openIdentity(sealed)).toBeUndefined();
  expect(other.openIdentity(other.sealIdentity('alice'))).toBe('alice');
});

test('two gateways of one process open what either has sealed', () => {
  one.useCursorSecret('first');
  const first = one.sealIdentity('alice');
  one.useCursorSecret('second');
  const second = one.sealIdentity('alice');
  expect([first, second].map(one.openIdentity)).toEqual(['alice', 'alice']);
  expect(first).not.toBe(second);
});

test('nothing sealed shows the identity', () => {
  expect(Buffer.from(one.sealIdentity('alice'), 'base64url').includes('alice')).toBe(false);
});
