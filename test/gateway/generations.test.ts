import { describe, expect, test } from 'vitest';
import { Generations } from '../../src/gateway/generations.ts';

function generations() {
  const retired: string[] = [];
  const all = new Generations('a', (gone, live) => retired.push(`${gone} of ${live.join()}`));
  return { all, retired };
}

describe('generations', () => {
  test('lend what was current when the work began, to its end', async () => {
    const { all, retired } = generations();
    const seen: string[] = [];
    let finish = () => {};
    const work = all.lend(async (current) => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      seen.push(current);
    });
    all.replace('b');
    await all.lend(async (current) => seen.push(current));
    expect(retired).toEqual([]);
    expect(all.live).toEqual(['a', 'b']);
    finish();
    await work;
    expect(seen).toEqual(['b', 'a']);
    expect(retired).toEqual(['a of b']);
  });

  test('let go at once what nobody uses', () => {
    const { all, retired } = generations();
    all.replace('b');
    all.replace('c');
    expect(retired).toEqual(['a of b', 'b of c']);
    expect(all.current).toBe('c');
  });

  test('work that fails is over, too', async () => {
    const { all, retired } = generations();
    const work = all.lend(() => Promise.reject(new Error('no')));
    all.replace('b');
    await expect(work).rejects.toThrow('no');
    expect(retired).toEqual(['a of b']);
  });
});
