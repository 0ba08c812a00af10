import { type Limits, limitSettings } from '../limits/limits.ts';
import { HttpError } from './http-error.ts';

/** Seconds after which a refused client may come again. */
const retryAfterSeconds = 1;

/** What is given to a request while it is being answered. */
export interface Place {
  /** Gives it back; further calls do nothing. */
  free(): void;
}

/** Lets in as many requests as the limits allow. */
export class Admission {
  readonly #limits: Limits;
  #active = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Requests that are being answered. */
  get active(): number {
    return this.#active;
  }

  /** @throws HttpError 503 where there is no place */
  assertRoom(): void {
    const { concurrentRequests } = this.#limits;
    if (this.#active < concurrentRequests) return;
    throw overloaded(
      `too many concurrent requests (limit ${concurrentRequests}, ${limitSettings.concurrentRequests.flag}); retry shortly`,
    );
  }

  /** @throws HttpError 503 where there is no place */
  take(): Place {
    this.assertRoom();
    this.#active++;
    let isTaken = true;
    return {
      free: () => {
        if (isTaken) this.#active--;
        isTaken = false;
      },
    };
  }
}

/** There is too much to do just now. */
export function overloaded(message: string): HttpError {
  return new HttpError(503, 'OVERLOADED', message, { 'retry-after': String(retryAfterSeconds) });
}
