import { RequestTimeoutError } from '../errors.ts';
import { limitSettings } from '../limits/limits.ts';
import { clientGone } from './http-error.ts';

/**
 * The one signal of a request, aborted when its time is up or its client has gone. Every paced loop and every wait of
 * the request ends with it.
 *
 * It is a controller of its own, not `AbortSignal.any` with `AbortSignal.timeout`, because those live on until the
 * time is up: at thousands of requests per second, and a minute each, that is too many.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #client: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #onClientGone = () => this.#controller.abort(clientGone());

  /**
   * @param client aborted when the client has gone
   * @param ms how long the request may take
   */
  constructor(client: AbortSignal, ms: number) {
    this.#client = client;
    this.#timer = setTimeout(() => this.#controller.abort(lateError(ms)), ms);
    if (client.aborted) this.#onClientGone();
    else client.addEventListener('abort', this.#onClientGone);
  }

  /** Ends everything that is done for the request before its time. */
  readonly abort = (reason: unknown): void => this.#controller.abort(reason);

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Waits for the work, but no longer than the signal allows. The work is left to end by the same signal. */
  async race<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    signal.throwIfAborted();
    let onAbort = () => {};
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal.reason);
      signal.addEventListener('abort', onAbort);
    });
    try {
      return await Promise.race([work, aborted]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Ends what still waits for the signal; to be called when the request has been answered. */
  end(): void {
    clearTimeout(this.#timer);
    this.#client.removeEventListener('abort', this.#onClientGone);
  }
}

function lateError(ms: number): RequestTimeoutError {
  return new RequestTimeoutError(
    `the request was not answered within ${ms} milliseconds (${limitSettings.requestTimeout.flag})`,
  );
}
