import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Pace } from '../../../src/columns/pace.ts';
import { Memo } from '../../../src/rows/store/memo.ts';

interface Thing {
  readonly name: string;
  readonly bytes: number;
}

const thing = (name: string, bytes = 1): Thing => ({ name, bytes });

function newMemo(maxBytes = 1e6): Memo<Thing> {
  return new Memo(maxBytes, ({ bytes }) => bytes);
}

/** Work that goes on until it is told to end, and tells whether it was ended. */
function longWork() {
  const state = { begun: 0, ended: 0, finish: () => {} };
  const make = async (pace: Pace): Promise<Thing> => {
    state.begun++;
    let done = false;
    state.finish = () => {
      done = true;
    };
    try {
      while (!done) await pace.pause();
    } catch (error) {
      state.ended++;
      throw error;
    }
    return thing('long');
  };
  return { state, make };
}

describe('a memo', () => {
  test('creates a value once for simultaneous requests', async () => {
    const memo = newMemo();
    let made = 0;
    const make = async () => thing(String(++made));
    const both = await Promise.all([memo.get('a', new Pace(), make), memo.get('a', new Pace(), make)]);
    expect(both.map(({ name }) => name)).toEqual(['1', '1']);
    expect((await memo.get('a', new Pace(), make)).name).toBe('1');
    expect((await memo.get('b', new Pace(), make)).name).toBe('2');
  });

  test('shows a thing only when it is made', async () => {
    const memo = newMemo();
    const made = memo.get('a', new Pace(), async () => thing('a'));
    expect(memo.peek('a')).toBeUndefined();
    await made;
    expect(memo.peek('a')?.name).toBe('a');
  });

  test('does not remember a failure', async () => {
    const memo = newMemo();
    await expect(memo.get('a', new Pace(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect((await memo.get('a', new Pace(), async () => thing('a'))).name).toBe('a');
  });

  test('evicts the least recently used value if its bytes are used up', async () => {
    const memo = newMemo(2500);
    for (const key of ['a', 'b', 'a', 'c']) await memo.get(key, new Pace(), async () => thing(key, 1000));
    expect([memo.peek('a')?.name, memo.peek('b'), memo.peek('c')?.name]).toEqual(['a', undefined, 'c']);
    expect(memo.size.entries).toBe(2);
    expect(memo.size.bytes).toBeGreaterThanOrEqual(2000);
    expect(memo.size.bytes).toBeLessThanOrEqual(2500);
  });

  test('continues for the others if one request ends', async () => {
    const memo = newMemo();
    const { state, make } = longWork();
    const controller = new AbortController();
    const gone = memo.get('a', new Pace({ signal: controller.signal }), make);
    const waits = memo.get('a', new Pace(), make);
    controller.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    await nextTurn();
    expect(state).toMatchObject({ begun: 1, ended: 0 });
    state.finish();
    expect((await waits).name).toBe('long');
  });

  test('aborts the work when no request waits for it any more, and starts again for the next one', async () => {
    const memo = newMemo();
    const { state, make } = longWork();
    const controller = new AbortController();
    const signal = controller.signal;
    const all = [memo.get('a', new Pace({ signal }), make), memo.get('a', new Pace({ signal }), make)];
    const outcomes = Promise.allSettled(all);
    controller.abort(new Error('gone'));
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = memo.get('a', new Pace(), make);
    expect(state.begun).toBe(2);
    await nextTurn();
    await nextTurn();
    expect(state.ended).toBe(1);
    state.finish();
    expect((await next).name).toBe('long');
    expect(memo.peek('a')?.name).toBe('long');
  });

  test('begins nothing for a request that has ended', async () => {
    const memo = newMemo();
    const { state, make } = longWork();
    const pace = new Pace({ signal: AbortSignal.abort(new Error('gone')) });
    await expect(memo.get('a', pace, make)).rejects.toThrow('gone');
    expect(state.begun).toBe(0);
  });
});
