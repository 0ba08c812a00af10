import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Pace, paced, pacedByBytes } from '../../src/columns/pace.ts';

describe('a paced loop', () => {
  test('calls for every item, in order', async () => {
    const seen: number[] = [];
    await paced(2000, new Pace({ sliceMs: 0 }), (i) => seen.push(i));
    expect(seen).toEqual(Array.from({ length: 2000 }, (_, i) => i));
  });

  test('of large items pauses as often as their bytes say', async () => {
    let turns = 0;
    let running = true;
    const count = (async () => {
      while (running) {
        await nextTurn();
        turns++;
      }
    })();
    const seen: number[] = [];
    await pacedByBytes(20, new Pace({ sliceMs: 0 }), (i) => {
      seen.push(i);
      return 1 << 20;
    });
    running = false;
    await count;
    expect(seen).toEqual([...Array(20).keys()]);
    expect(turns).toBeGreaterThanOrEqual(19);
  });

  test('is due as soon as its slice is used up', async () => {
    // A turn in which nothing has been done yet.
    await nextTurn();
    await nextTurn();
    expect(new Pace({ sliceMs: 0 }).due).toBe(true);
    expect(new Pace({ sliceMs: 60_000 }).due).toBe(false);
  });

  test('lets the event loop turn between two slices', async () => {
    // Whatever was waiting for its turn before.
    await nextTurn();
    await nextTurn();
    const events: string[] = [];
    setImmediate(() => events.push('other work'));
    await new Pace().pause();
    events.push('loop');
    expect(events).toEqual(['other work', 'loop']);
  });

  test('ends at its next pause if its signal is aborted', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const loop = paced(10_000, new Pace({ sliceMs: 0, signal: controller.signal }), (i) => {
      seen.push(i);
      if (i === 600) controller.abort(new Error('the client is gone'));
    });
    await expect(loop).rejects.toThrow('the client is gone');
    expect(seen.length).toBeLessThan(2000);
  });

  test('takes turns with other loops, one in each turn of the event loop', async () => {
    let turns = 0;
    let running = true;
    const count = (async () => {
      while (running) {
        await nextTurn();
        turns++;
      }
    })();
    const loops = Array.from({ length: 20 }, () => new Pace().pause());
    await Promise.all(loops);
    running = false;
    expect(turns).toBeGreaterThanOrEqual(19);
    await count;
  });
});
