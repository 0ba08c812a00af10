import { expect, test } from 'vitest';
import { LatelySeen } from '../../src/http/lately-seen.ts';

test('what comes again is told from what comes for the first time', () => {
  const lately = new LatelySeen();
  expect(lately.see('a')).toBe(false);
  expect(lately.see('b')).toBe(false);
  expect(lately.see('a')).toBe(true);
  expect(lately.see('')).toBe(false);
  expect(lately.see('')).toBe(true);
});

test('bytes are what their text is', () => {
  const lately = new LatelySeen();
  lately.see('größer');
  expect(lately.see(Buffer.from('größer'))).toBe(true);
});

test('of ten thousand things nearly all are known again', () => {
  const lately = new LatelySeen();
  const things = Array.from({ length: 10_000 }, (_, i) => `thing ${i}`);
  for (const thing of things) lately.see(thing);
  expect(things.filter((thing) => lately.see(thing)).length).toBeGreaterThan(8_000);
});
