/** Time, as a store needs it. Tests bring their own. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Resolves after `ms` milliseconds, or rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The longest time that `setTimeout` keeps: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const longestTimeoutMs = 2 ** 31 - 1;

/** The machine's own clock. */
export const wallClock: Clock = {
  now: () => Date.now(),
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => {
          signal.removeEventListener('abort', cancel);
          resolve();
        },
        Math.min(ms, longestTimeoutMs),
      );
      const cancel = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      if (signal.aborted) cancel();
      else signal.addEventListener('abort', cancel, { once: true });
    });
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
  const end = new AbortController();
  const abort = () => end.abort(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, clock.sleep(ms, end.signal).then(onLate)]);
  } finally {
    signal?.removeEventListener('abort', abort);
    end.abort();
  }
}
