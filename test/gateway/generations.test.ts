import { describe, expect, test } from 'vitest';
import { Generations } from '../../src/gateway/generations.ts';

function generations() {
  const retired: string[] = [];
  const all = new Generations('a', (gone, live) => retired.push(`${gone} of ${live.join()}`));
  return { all, retired };
}

describe('generations', () => {
  test('lend the current generation until the work ends', async () => {
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

  test('close an unused generation at once', () => {
    const { all, retired } = generations();
    all.replace('b');
    all.replace('c');
    expect(retired).toEqual(['a of b', 'b of c']);
    expect(all.current).toBe('c');
  });

  test('failed work also ends', async () => {
    const { all, retired } = generations();
    const work = all.lend(() => Promise.reject(new Error('no')));
    all.replace('b');
    await expect(work).rejects.toThrow('no');
    expect(retired).toEqual(['a of b']);
  });
});
