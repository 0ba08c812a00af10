/** Time, as what waits needs it. Tests bring their own. */
export interface Clock {
  /** Milliseconds from some fixed point; never goes back. */
  now(): number;
  /** Resolves after `ms` milliseconds, or rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The process's own clock and timers. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const timer = setTimeout(wake, ms);
      signal?.addEventListener('abort', cancel, { once: true });

      function wake(): void {
        signal?.removeEventListener('abort', cancel);
        resolve();
      }

      function cancel(): void {
        clearTimeout(timer);
        reject(signal?.reason);
      }
    });
  },
};
