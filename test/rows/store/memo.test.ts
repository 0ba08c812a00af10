import { describe, expect, test } from 'vitest';
import { Memo } from '../../../src/rows/store/memo.ts';

describe('a memo', () => {
  test('makes a thing once for all who ask at the same time', async () => {
    const memo = new Memo<number>();
    let made = 0;
    const make = async () => ++made;
    expect(await Promise.all([memo.get('a', make), memo.get('a', make)])).toEqual([1, 1]);
    expect(await memo.get('a', make)).toBe(1);
    expect(await memo.get('b', make)).toBe(2);
  });

  test('shows a thing only when it is made', async () => {
    const memo = new Memo<number>();
    const made = memo.get('a', async () => 1);
    expect(memo.peek('a')).toBeUndefined();
    await made;
    expect(memo.peek('a')).toBe(1);
  });

  test('does not keep a failure', async () => {
    const memo = new Memo<number>();
    await expect(memo.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await memo.get('a', async () => 2)).toBe(2);
  });

  test('lets go of what was asked for longest ago', async () => {
    const memo = new Memo<string>(2);
    for (const key of ['a', 'b', 'a', 'c']) await memo.get(key, async () => key);
    expect([memo.peek('a'), memo.peek('b'), memo.peek('c')]).toEqual(['a', undefined, 'c']);
  });
});
