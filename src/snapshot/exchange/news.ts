import type { Clock } from '../../clock.ts';
import type { ExchangePlace } from './place.ts';

/** Where to wait for news. */
export interface NewsOptions {
  readonly place: Pick<ExchangePlace, 'onNews'>;
  /** How often to look for news, in case no notification arrives. */
  readonly pollMs: number;
  readonly clock: Clock;
}

/** The shortest wait between two looks, as a share of `pollMs`. */
const leastPoll = 0.75;

/** Tells when to look at a place again: after a notification, or after a while without one. */
export class News {
  readonly #options: NewsOptions;
  readonly #signal: AbortSignal;
  #told = false;
  #wake: () => void = () => undefined;

  /** @param signal stops listening */
  constructor(options: NewsOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    const stop = options.place.onNews(() => {
      this.#told = true;
      this.#wake();
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  }

  /**
   * Resolves at once if there was a notification since the last call. The wait is random, so that gateways that start together
   * do not keep looking at the same time.
   *
   * @throws the signal's reason
   */
  async next(): Promise<void> {
    const { clock, pollMs } = this.#options;
    const notified = new AbortController();
    this.#wake = () => notified.abort();
    if (!this.#told) {
      const waitMs = pollMs * (leastPoll + (1 - leastPoll) * Math.random());
      await clock.sleep(waitMs, AbortSignal.any([this.#signal, notified.signal])).catch(() => undefined);
    }
    this.#signal.throwIfAborted();
    this.#told = false;
  }
}
