/** The wait after the first failure; it doubles with each further one. */
const firstDelayMs = 1_000;
const longestDelayMs = 60_000;

/** What failed last, and until when it is not tried again. Times are of a clock that never goes back. */
export class Backoff<E> {
  #failure: { readonly error: E; readonly until: number } | undefined;
  #failures = 0;

  /** The last failure's error while it is too early for another try. */
  errorAt(now: number): E | undefined {
    return this.#failure && now < this.#failure.until ? this.#failure.error : undefined;
  }

  /** Milliseconds until the next try; 0 where it may be made now. */
  delayAt(now: number): number {
    return this.#failure ? Math.max(0, this.#failure.until - now) : 0;
  }

  /** Between half of the delay and all of it, so that gateways that failed together do not come back together. */
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
