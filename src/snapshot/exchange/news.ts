import type { Clock } from '../../clock.ts';
import type { ExchangePlace } from './place.ts';

/** Where news come from. */
export interface NewsOptions {
  readonly place: Pick<ExchangePlace, 'onNews'>;
  /** How long news may go unnoticed. */
  readonly pollMs: number;
  readonly clock: Clock;
}

/** The least share of the time between two looks that a gateway waits. */
const leastPoll = 0.75;

/** When there may be something new to see at a place: it has told so, or nothing was heard for a while. */
export class News {
  readonly #options: NewsOptions;
  readonly #signal: AbortSignal;
  #told = false;
  #wake: () => void = () => undefined;

  /** @param signal ends the listening */
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
   * Resolves at once where anything was told since the last call. Gateways that start together do not look together
   * for long.
   *
   * @throws the signal's reason
   */
  async next(): Promise<void> {
    const { clock, pollMs } = this.#options;
    const told = new AbortController();
    this.#wake = () => told.abort();
    if (!this.#told) {
      const waitMs = pollMs * (leastPoll + (1 - leastPoll) * Math.random());
      await clock.sleep(waitMs, AbortSignal.any([this.#signal, told.signal])).catch(() => undefined);
    }
    this.#signal.throwIfAborted();
    this.#told = false;
  }
}
