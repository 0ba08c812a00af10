import { describe, expect, test } from 'vitest';
import { BoundedQueue } from '../../../src/source/cognito/bounded-queue.ts';
import { rejectionOf } from './pool.ts';

describe('a bounded queue', () => {
  test('gives the items in order, then ends', async () => {
    const queue = new BoundedQueue<number>(10);
    await queue.push(1);
    await queue.push(2);
    queue.end();
    expect([await queue.take(), await queue.take(), await queue.take()]).toEqual([1, 2, undefined]);
  });

  test('wakes a consumer that waits', async () => {
    const queue = new BoundedQueue<number>(10);
    const item = queue.take();
    void queue.push(7);
    expect(await item).toBe(7);
  });

  test('asks producers to wait while it is full', async () => {
    const queue = new BoundedQueue<number>(2);
    const order: string[] = [];
    await queue.push(1);
    const second = queue.push(2).then(() => order.push('pushed'));
    await new Promise(setImmediate);
    order.push('taken');
    await queue.take();
    await second;
    expect(order).toEqual(['taken', 'pushed']);
  });

  test('fails at once, before the items that wait', async () => {
    const queue = new BoundedQueue<number>(10);
    await queue.push(1);
    queue.fail(new Error('over'));
    expect(await rejectionOf(queue.take())).toEqual(new Error('over'));
  });

  test('fails a consumer that waits, and frees producers that wait', async () => {
    const full = new BoundedQueue<number>(1);
    const pushing = full.push(1);
    full.fail(new Error('over'));
    await pushing;
    const empty = new BoundedQueue<number>(1);
    const taking = rejectionOf(empty.take());
    empty.fail(new Error('over'));
    expect(await taking).toEqual(new Error('over'));
  });

  test('keeps its first error', async () => {
    const queue = new BoundedQueue<number>(1);
    queue.fail(new Error('first'));
    queue.fail(new Error('second'));
    expect(await rejectionOf(queue.take())).toEqual(new Error('first'));
  });
});
