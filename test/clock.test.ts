import { expect, test } from 'vitest';
import { systemClock, within } from '../src/clock.ts';

const never = new Promise<never>(() => {});
const gone = new Error('gone');

test('a sleep ends with the reason of its signal', async () => {
  const signal = AbortSignal.abort(gone);
  await expect(systemClock.sleep(60_000, signal)).rejects.toBe(gone);
  const later = new AbortController();
  const sleep = systemClock.sleep(60_000, later.signal);
  later.abort(gone);
  await expect(sleep).rejects.toBe(gone);
});

test('a sleep may be longer than a timer can be', async () => {
  const stop = new AbortController();
  const first = await Promise.race([
    systemClock.sleep(2 ** 40, stop.signal).catch(() => 'slept'),
    systemClock.sleep(1).then(() => 'still asleep'),
  ]);
  stop.abort();
  expect(first).toBe('still asleep');
});

test('a wait ends with the work, when its time is up, or when whoever waits is gone', async () => {
  const wait = { clock: systemClock, ms: 60_000, onLate: () => 'late' };
  expect(await within(Promise.resolve('done'), wait)).toBe('done');
  await expect(within(Promise.reject(gone), wait)).rejects.toBe(gone);
  expect(await within(never, { ...wait, ms: 1 })).toBe('late');
  await expect(within(never, { ...wait, signal: AbortSignal.abort(gone) })).rejects.toBe(gone);
});
