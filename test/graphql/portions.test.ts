import { expect, test } from 'vitest';
import { Pace } from '../../src/columns/pace.ts';
import { nextTurn } from '../../src/columns/turn.ts';
import { inPortions } from '../../src/graphql/portions.ts';
import { mostInOneTurn } from './turns.ts';

const duePace = (signal: AbortSignal) => new Pace({ sliceMs: 0, signal });

test.each([0, 40])(
  'a list of %i that nobody looks at when its request ends leaves no rejection unhandled',
  async (count) => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown) => unheard.push(reason);
    process.on('unhandledRejection', hear);
    try {
      const pace = duePace(AbortSignal.abort(new Error('the client is gone')));
      expect(inPortions(Array(count).fill(0), pace, (item) => item)).toHaveLength(count);
      for (let turn = 0; turn < 5; turn++) await nextTurn();
    } finally {
      process.off('unhandledRejection', hear);
    }
    expect(unheard).toEqual([]);
  },
);

test('elements keep their order, and are made when their turn comes', async () => {
  const pace = duePace(new AbortController().signal);
  const items = Array.from({ length: 100 }, (_, i) => i);
  const made: number[] = [];
  const elements = inPortions(items, pace, (item, index) => made.push(index) && 2 * item);
  expect(made).toEqual([]);
  await expect(Promise.all(elements)).resolves.toEqual(items.map((item) => 2 * item));
  expect(made).toEqual(items);
});

test('elements that will not be made fail in portions as well', async () => {
  const pace = duePace(AbortSignal.abort(new Error('the client is gone')));
  let failed = 0;
  const elements = inPortions(Array(200).fill(0), pace, (item) => item);
  const settled = elements.map((element) => Promise.resolve(element).catch(() => failed++));
  expect(await mostInOneTurn(() => failed, settled.length)).toBeLessThanOrEqual(16);
});
