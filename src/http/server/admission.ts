import { type Limits, limitSettings } from '../../limits/limits.ts';
import { HttpError } from '../http-error.ts';
import type { Place } from '../message.ts';

/** Seconds after which a refused client may come again. */
const retryAfterSeconds = 1;

/** Lets in as many requests as the limits allow, and as many again of those that wait for a scan. */
export class Admission {
  readonly #limits: Limits;
  readonly #returning: (() => void)[] = [];
  #active = 0;
  #waiting = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Requests that are being answered. */
  get active(): number {
    return this.#active;
  }

  /** Requests that wait for a scan, or to go on after one. */
  get waiting(): number {
    return this.#waiting;
  }

  /** @throws HttpError 503 where there is no place */
  assertRoom(): void {
    if (this.#active < this.#limits.concurrentRequests) return;
    throw this.#tooMany('concurrentRequests', 'concurrent requests');
  }

  /** @throws HttpError 503 where there is no place */
  take(): TakenPlace {
    this.assertRoom();
    this.#active++;
    return new TakenPlace(this);
  }

  /**
   * Counts one more that waits for a scan.
   *
   * @throws HttpError 503 where too many do
   */
  beginWait(): void {
    if (this.#waiting >= this.#limits.waitingRequests) {
      throw this.#tooMany('waitingRequests', 'requests that wait for a scan');
    }
    this.#waiting++;
  }

  endWait(): void {
    this.#waiting--;
  }

  /** Waits for a place. Who comes back goes before who is new. */
  comeBack(): Promise<void> {
    if (this.#active < this.#limits.concurrentRequests) {
      this.#active++;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#returning.push(resolve));
  }

  /** Gives a place to who waits for one, or to who comes next. */
  leave(): void {
    const next = this.#returning.shift();
    if (next) next();
    else this.#active--;
  }

  #tooMany(name: 'concurrentRequests' | 'waitingRequests', what: string): HttpError {
    return overloaded(
      `too many ${what} (limit ${this.#limits[name]}, ${limitSettings[name].flag}); retry shortly`,
    );
  }
}

/** A request's place, which it leaves while it waits for a scan. */
export class TakenPlace implements Place {
  readonly #admission: Admission;
  #isHeld = true;
  #isFree = false;
  #waits = 0;

  constructor(admission: Admission) {
    this.#admission = admission;
  }

  /** Gives it back for good; further calls do nothing. */
  free(): void {
    this.#isFree = true;
    this.#leave();
  }

  async whileWaiting<T>(wait: () => Promise<T>): Promise<T> {
    this.#admission.beginWait();
    this.#waits++;
    this.#leave();
    try {
      return await wait();
    } finally {
      this.#waits--;
      if (this.#waits === 0 && !this.#isHeld && !this.#isFree) await this.#comeBack();
      this.#admission.endWait();
    }
  }

  #leave(): void {
    if (this.#isHeld) this.#admission.leave();
    this.#isHeld = false;
  }

  async #comeBack(): Promise<void> {
    await this.#admission.comeBack();
    // Meanwhile the request may have ended, or another of its waits.
    if (this.#isFree || this.#isHeld) this.#admission.leave();
    else this.#isHeld = true;
  }
}

/** There is too much to do just now. */
export function overloaded(message: string): HttpError {
  return new HttpError(503, 'OVERLOADED', message, { 'retry-after': String(retryAfterSeconds) });
}
