import { describe, expect, test } from 'vitest';
import { mapReady, settleReady, whenReady } from '../../src/columns/ready.ts';

const later = async (value: number) => value;

test('a value is continued with at once, a promise when it resolves', async () => {
  expect(whenReady(1, (value) => value + 1)).toBe(2);
  const waiting = whenReady(later(1), (value) => value + 1);
  expect(waiting).toBeInstanceOf(Promise);
  expect(await waiting).toBe(2);
});

describe('work on several items', () => {
  test('is done at once if none of it has to wait', () => {
    expect(mapReady([1, 2, 3], (item) => 10 * item)).toEqual([10, 20, 30]);
    expect(mapReady([], later)).toEqual([]);
  });

  test('keeps their order if some of it waits', async () => {
    expect(await mapReady([1, 2, 3], (item) => (item === 2 ? later(20) : 10 * item))).toEqual([10, 20, 30]);
  });

  test('fails at once if nothing waits', () => {
    const fails = (item: number) => {
      throw new Error(`item ${item}`);
    };
    expect(() => mapReady([1, 2], fails)).toThrow('item 1');
  });

  test.each(['at once', 'later'])('that fails %s is told of when the rest has ended', async (when) => {
    let hasEnded = false;
    const failing = mapReady(['slow', 'wrong'], (item) => {
      if (item === 'slow') {
        return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
          hasEnded = true;
        });
      }
      if (when === 'later') return Promise.reject(new Error('wrong'));
      throw new Error('wrong');
    });
    await expect(failing).rejects.toThrow('wrong');
    expect(hasEnded).toBe(true);
  });
});

describe('work that may fail', () => {
  const told = (work: () => number | Promise<number>) =>
    settleReady(
      work,
      (value) => `value ${value}`,
      (reason) => `failure ${String(reason)}`,
    );

  test('is reported at once if it does not wait', () => {
    expect(told(() => 1)).toBe('value 1');
    const fail = () => {
      throw new Error('no');
    };
    expect(told(fail)).toBe('failure Error: no');
  });

  test('is reported later if it waits', async () => {
    expect(await told(() => later(1))).toBe('value 1');
    expect(await told(() => Promise.reject(new Error('no')))).toBe('failure Error: no');
  });
});
