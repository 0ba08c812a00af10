import { RequestTimeoutError } from '../errors.ts';
import { limitSettings } from '../limits/limits.ts';
import { clientGone } from './http-error.ts';
import type { Client } from './message.ts';

/**
 * The one signal of a request, aborted when its time is up or its client has gone. Every paced loop and every wait of
 * the request ends with it.
 *
 * It is a controller of its own, not `AbortSignal.any` with `AbortSignal.timeout`, because those live on until the
 * time is up: at thousands of requests per second, and a minute each, that is too many.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #client: Client;
  readonly #timer: NodeJS.Timeout;
  /** Ends the wait for the work. */
  #giveUp: (reason: unknown) => void = () => undefined;

  /**
   * @param ms how long the request may take
   */
  constructor(client: Client, ms: number) {
    this.#client = client;
    this.#timer = setTimeout(() => this.abort(lateError(ms)), ms);
    client.onLeave(() => this.abort(clientGone()));
  }

  /** Ends everything that is done for the request before its time. */
  readonly abort = (reason: unknown): void => {
    if (this.signal.aborted) return;
    this.#controller.abort(reason);
    this.#giveUp(reason);
  };

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Waits for the work, but no longer than the signal allows. The work is left to end by the same signal. */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.signal.aborted) reject(this.signal.reason);
      this.#giveUp = reject;
      work.then(resolve, reject);
    });
  }

  /** Ends what still waits for the signal; to be called when the request has been answered. */
  end(): void {
    clearTimeout(this.#timer);
    this.#client.onLeave(undefined);
  }
}

function lateError(ms: number): RequestTimeoutError {
  return new RequestTimeoutError(
    `the request was not answered within ${ms} milliseconds (${limitSettings.requestTimeout.flag})`,
  );
}
