import { expect, test, vi } from 'vitest';
import { readOnce } from '../../src/http/header-memory.ts';

test('a header is read once for each of its texts', () => {
  const read = vi.fn((text: string | undefined) => text?.length ?? -1);
  const lengthOf = readOnce(read);
  expect([lengthOf('abc'), lengthOf('abc'), lengthOf(undefined), lengthOf(undefined)]).toEqual([
    3, 3, -1, -1,
  ]);
  expect(read).toHaveBeenCalledTimes(2);
});

test('neither many texts nor long ones are kept', () => {
  const read = vi.fn((text: string | undefined) => text?.length ?? -1);
  const lengthOf = readOnce(read);
  for (let i = 0; i < 1000; i++) lengthOf(`text ${i}`);
  read.mockClear();
  for (let i = 0; i < 1000; i++) lengthOf(`text ${i}`);
  expect(read).toHaveBeenCalledTimes(900);
  const long = 'x'.repeat(10_000);
  expect([lengthOf(long), lengthOf(long)]).toEqual([10_000, 10_000]);
  expect(read).toHaveBeenCalledTimes(902);
});

test('a header that is wrong is wrong each time', () => {
  const fail = readOnce(() => {
    throw new Error('wrong');
  });
  expect(() => fail('a')).toThrow('wrong');
  expect(() => fail('a')).toThrow('wrong');
});
