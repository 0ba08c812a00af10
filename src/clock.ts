import { setTimeout as delay } from 'node:timers/promises';

/** A source of time, which tests replace. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. It jumps when the machine's clock is set. */
  now(): number;
  /** Milliseconds since an arbitrary point. It never goes back, so it is used to measure durations. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds, or rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The longest delay of `setTimeout`, in milliseconds: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
export const longestTimeoutMs = 2 ** 31 - 1;

/** The machine's clock and Node's timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await delay(Math.min(ms, longestTimeoutMs), undefined, signal && { signal });
    } catch (error) {
      // Node wraps the reason in its own error.
      signal?.throwIfAborted();
      throw error;
    }
  },
};

/** How long to wait, and what happens then. */
export interface Deadline<T> {
  readonly clock: Clock;
  readonly ms: number;
  /** Ends the wait with its reason. The work itself continues. */
  readonly signal?: AbortSignal | undefined;
  /** The result if the time is up; may throw. */
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
