import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { WriteQueue } from '../../../src/http/server/write-queue.ts';

/** Lets so many answers wait, and notes each as it is written. */
function queueOf(count: number): number[] {
  const queue = new WriteQueue();
  const written: number[] = [];
  for (let answer = 0; answer < count; answer++) void queue.turn().then(() => written.push(answer));
  return written;
}

describe('answers that are ready at the same time', () => {
  test('are written together, in their order, once everything that arrived has been read', async () => {
    const written = queueOf(3);
    await Promise.resolve();
    expect(written).toEqual([]);
    await nextTurn();
    expect(written).toEqual([0, 1, 2]);
  });

  test('are written in several turns of the event loop where they are many', async () => {
    const written = queueOf(150);
    const counts: number[] = [];
    for (let turn = 0; turn < 4; turn++) {
      await nextTurn();
      counts.push(written.length);
    }
    expect(counts).toEqual([64, 128, 150, 150]);
    expect(written).toEqual([...Array(150).keys()]);
  });
});
