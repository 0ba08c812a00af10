import { setTimeout as delay } from 'node:timers/promises';

/** Time, for whatever waits or measures. Tests bring their own. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. Jumps when the machine's clock is set. */
  now(): number;
  /** Milliseconds from some fixed point. Never goes back, so that durations are measured with it. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds, or rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The longest time that `setTimeout` keeps: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const longestTimeoutMs = 2 ** 31 - 1;

/** The machine's clock and Node's timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await delay(Math.min(ms, longestTimeoutMs), undefined, signal && { signal });
    } catch (error) {
      // Node wraps the reason in an error of its own.
      signal?.throwIfAborted();
      throw error;
    }
  },
};

/** How long to wait, and for whom. */
export interface Deadline<T> {
  readonly clock: Clock;
  readonly ms: number;
  /** Whoever waits; ends the wait with its reason. What is waited for goes on. */
  readonly signal?: AbortSignal | undefined;
  /** What it comes to where the time is up; may throw. */
  readonly onLate: () => T;
}

/** Waits for the work, but no longer than the deadline. */
export async function within<T>(work: Promise<T>, { clock, ms, signal, onLate }: Deadline<T>): Promise<T> {
  const over = new AbortController();
  const end = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  try {
    return await Promise.race([work, clock.sleep(ms, end).then(onLate)]);
  } finally {
    over.abort();
  }
}
