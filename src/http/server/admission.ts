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
    let isHeld = true;
    let isFree = false;
    let waits = 0;
    const leave = () => {
      if (isHeld) this.#leave();
      isHeld = false;
    };
    const comeBack = async () => {
      await this.#comeBack();
      // Meanwhile the request may have ended, or another of its waits.
      if (isFree || isHeld) this.#leave();
      else isHeld = true;
    };
    return {
      free: () => {
        isFree = true;
        leave();
      },
      whileWaiting: async (wait) => {
        if (this.#waiting >= this.#limits.waitingRequests) {
          throw this.#tooMany('waitingRequests', 'requests that wait for a scan');
        }
        this.#waiting++;
        waits++;
        leave();
        try {
          return await wait();
        } finally {
          waits--;
          if (waits === 0 && !isHeld && !isFree) await comeBack();
          this.#waiting--;
        }
      },
    };
  }

  /** Who comes back goes before who is new. */
  #comeBack(): Promise<void> {
    if (this.#active < this.#limits.concurrentRequests) {
      this.#active++;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#returning.push(resolve));
  }

  #leave(): void {
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

/** A place, as its giver has it. */
export interface TakenPlace extends Place {
  /** Gives it back; further calls do nothing. */
  free(): void;
}

/** There is too much to do just now. */
export function overloaded(message: string): HttpError {
  return new HttpError(503, 'OVERLOADED', message, { 'retry-after': String(retryAfterSeconds) });
}
