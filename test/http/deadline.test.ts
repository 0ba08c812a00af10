import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Deadlines } from '../../src/http/deadline.ts';
import { Client, uncounted } from '../../src/http/message.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const late = { code: 'REQUEST_TIMEOUT', message: expect.stringContaining('within 1s') };

describe('a request', () => {
  test('is aborted when its time is up', () => {
    const { signal } = new Deadlines(1000).set({ client: new Client(), place: uncounted });
    vi.advanceTimersByTime(999);
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(2);
    expect(signal.reason).toMatchObject(late);
  });

  test('is aborted at its own time, whatever happens to earlier ones', () => {
    const deadlines = new Deadlines(1000);
    const first = deadlines.set({ client: new Client(), place: uncounted });
    vi.advanceTimersByTime(600);
    const second = deadlines.set({ client: new Client(), place: uncounted });
    first.end();
    vi.advanceTimersByTime(600);
    expect(first.signal.aborted).toBe(false);
    expect(second.signal.aborted).toBe(false);
    vi.advanceTimersByTime(401);
    expect(second.signal.reason).toMatchObject(late);
  });

  test('is not aborted once it has been answered', () => {
    const deadline = new Deadlines(1000).set({ client: new Client(), place: uncounted });
    deadline.end();
    vi.advanceTimersByTime(5000);
    expect(deadline.signal.aborted).toBe(false);
  });

  test('is aborted when its client disconnects', () => {
    const client = new Client();
    const { signal } = new Deadlines(1000).set({ client, place: uncounted });
    client.leave();
    expect(signal.aborted).toBe(true);
  });

  test('whose client has already disconnected is aborted at once', async () => {
    const client = new Client();
    client.leave();
    const deadline = new Deadlines(1000).set({ client, place: uncounted });
    await expect(deadline.race(new Promise(() => {}))).rejects.toMatchObject({ name: 'HttpError' });
  });

  test('waits for its work no longer than its time, even without using the signal', async () => {
    const waiting = expect(
      new Deadlines(1000).set({ client: new Client(), place: uncounted }).race(new Promise(() => {})),
    ).rejects;
    vi.advanceTimersByTime(1001);
    await waiting.toMatchObject(late);
  });
});

test('one timer serves all requests, and none is left after they have been aborted', () => {
  const deadlines = new Deadlines(1000);
  for (let i = 0; i < 100; i++) deadlines.set({ client: new Client(), place: uncounted });
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(1001);
  expect(vi.getTimerCount()).toBe(0);
});
