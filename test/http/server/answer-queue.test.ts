import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { AnswerQueue } from '../../../src/http/server/answer-queue.ts';

/** Lets so many requests wait, and notes each as it is answered. */
function queueOf(count: number): number[] {
  const queue = new AnswerQueue();
  const answered: number[] = [];
  for (let request = 0; request < count; request++) void queue.turn().then(() => answered.push(request));
  return answered;
}

describe('requests that arrive at the same time', () => {
  test('are answered together, in their order, once everything that arrived has been read', async () => {
    const answered = queueOf(3);
    await Promise.resolve();
    expect(answered).toEqual([]);
    await nextTurn();
    expect(answered).toEqual([0, 1, 2]);
  });

  test('are answered in several turns of the event loop where they are many', async () => {
    const answered = queueOf(150);
    const counts: number[] = [];
    for (let turn = 0; turn < 4; turn++) {
      await nextTurn();
      counts.push(answered.length);
    }
    expect(counts).toEqual([64, 128, 150, 150]);
    expect(answered).toEqual([...Array(150).keys()]);
  });
});
