import { expect, test, vi } from 'vitest';
import { readOnce } from '../../../src/http/request/header-memory.ts';

test('a header is parsed once for each text', () => {
  const read = vi.fn((text: string | undefined) => text?.length ?? -1);
  const lengthOf = readOnce(read);
  expect([lengthOf('abc'), lengthOf('abc'), lengthOf(undefined), lengthOf(undefined)]).toEqual([
    3, 3, -1, -1,
  ]);
  expect(read).toHaveBeenCalledTimes(2);
});

test('neither many texts nor long ones are cached, and very long ones are not parsed to their end', () => {
  const read = vi.fn((text: string | undefined) => text?.length ?? -1);
  const lengthOf = readOnce(read);
  for (let i = 0; i < 1000; i++) lengthOf(`text ${i}`);
  read.mockClear();
  for (let i = 0; i < 1000; i++) lengthOf(`text ${i}`);
  expect(read).toHaveBeenCalledTimes(900);
  const long = 'x'.repeat(10_000);
  expect([lengthOf(long), lengthOf(long)]).toEqual([4_096, 4_096]);
  expect(read).toHaveBeenCalledTimes(902);
});

test('an invalid header is rejected each time', () => {
  const fail = readOnce(() => {
    throw new Error('wrong');
  });
  expect(() => fail('a')).toThrow('wrong');
  expect(() => fail('a')).toThrow('wrong');
});
