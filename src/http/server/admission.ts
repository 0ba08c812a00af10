import { type Limits, limitSettings } from '../../limits/limits.ts';
import { type HttpError, overloaded } from '../http-error.ts';
import type { Place } from '../message.ts';

/**
 * The share of places beyond the limit, for requests that are answered without waiting for anything: they take none from those
 * that wait, and so need not be refused because of these.
 */
const spareShare = 1 / 8;

/** Limits the number of requests that are being answered, and of those that wait for a scan. */
export class Admission {
  readonly #limits: Limits;
  readonly #returning: (() => void)[] = [];
  #active = 0;
  #waiting = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** The number of requests that are being answered. */
  get active(): number {
    return this.#active;
  }

  /** The number of requests that wait for a scan, or for a place after one. */
  get waiting(): number {
    return this.#waiting;
  }

  /** @throws HttpError 503 if there is no free place, not even a spare one */
  assertRoom(): void {
    const { concurrentRequests } = this.#limits;
    const all = concurrentRequests + Math.floor(concurrentRequests * spareShare);
    if (this.#active >= all) throw this.tooManyAtOnce();
  }

  /** Whether more requests are being answered than may wait for something. */
  get isCrowded(): boolean {
    return this.#active > this.#limits.concurrentRequests;
  }

  /** There is no free place. */
  tooManyAtOnce(): HttpError {
    return this.#tooMany('concurrentRequests', 'concurrent requests');
  }

  /** @throws HttpError 503 if there is no free place */
  take(): TakenPlace {
    this.assertRoom();
    this.#active++;
    return new TakenPlace(this, this.isCrowded);
  }

  /**
   * Counts a request that waits for a scan.
   *
   * @throws HttpError 503 if too many do
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

  /** Waits for a place. Requests that come back take precedence over new ones. */
  comeBack(): Promise<void> {
    if (this.#active < this.#limits.concurrentRequests) {
      this.#active++;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#returning.push(resolve));
  }

  /** Gives a place to a request that comes back, or else frees it. */
  leave(): void {
    const next = this.isCrowded ? undefined : this.#returning.shift();
    if (next) next();
    else this.#active--;
  }

  #tooMany(name: 'concurrentRequests' | 'waitingRequests', what: string): HttpError {
    return overloaded(
      `too many ${what} (limit ${this.#limits[name]}, ${limitSettings[name].flag}); retry shortly`,
    );
  }
}

/** A request's place, which it gives up while it waits for a scan. */
export class TakenPlace implements Place {
  readonly #admission: Admission;
  #isSpare: boolean;
  #isHeld = true;
  #isFree = false;
  #waits = 0;

  /** @param isSpare whether it is for a request that waits for nothing */
  constructor(admission: Admission, isSpare: boolean) {
    this.#admission = admission;
    this.#isSpare = isSpare;
  }

  /** A spare place becomes an ordinary one once there is room. */
  get refusalToWait(): HttpError | undefined {
    this.#isSpare &&= this.#admission.isCrowded;
    return this.#isSpare ? this.#admission.tooManyAtOnce() : undefined;
  }

  /** Gives it up for good, once. */
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
    // The request, or another of its waits, may have ended meanwhile.
    if (this.#isFree || this.#isHeld) this.#admission.leave();
    else this.#isHeld = true;
  }
}
