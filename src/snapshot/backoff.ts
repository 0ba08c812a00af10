/** The delay after the first failure. It doubles with each further one. */
const firstDelayMs = 1_000;
const longestDelayMs = 60_000;

/** The last failure, and until when it is not retried. Times are those of a monotonic clock. */
export class Backoff<E> {
  #failure: { readonly error: E; readonly until: number } | undefined;
  #failures = 0;

  /** The last failure's error as long as it is too early to retry. */
  errorAt(now: number): E | undefined {
    return this.#failure && now < this.#failure.until ? this.#failure.error : undefined;
  }

  /** Milliseconds until the next attempt; 0 if it may start now. */
  delayAt(now: number): number {
    return this.#failure ? Math.max(0, this.#failure.until - now) : 0;
  }

  /** Waits between half of the delay and all of it, so that gateways that failed together do not retry together. */
  fail(error: E, now: number): void {
    const delay = Math.min(longestDelayMs, firstDelayMs * 2 ** this.#failures);
    this.#failures++;
    this.#failure = { error, until: now + delay * (0.5 + Math.random() / 2) };
  }

  succeed(): void {
    this.#failure = undefined;
    this.#failures = 0;
  }
}
