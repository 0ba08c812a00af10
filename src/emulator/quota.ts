/** A limit on requests within any one second. */
export class Quota {
  readonly #perSecond: number;
  /** A ring buffer of the times of the latest `#perSecond` requests, in milliseconds. */
  readonly #answered: number[] = [];
  #next = 0;

  /**
   * @param perSecond a whole number of at least 1
   * @throws RangeError if it is not
   */
  constructor(perSecond: number) {
    if (!(Number.isInteger(perSecond) && perSecond > 0)) {
      throw new RangeError(`requestsPerSecond must be a whole number from 1, but got ${perSecond}`);
    }
    this.#perSecond = perSecond;
  }

  /** Counts a request, or returns false if it exceeds the limit; then it is not counted. */
  admit(now: number): boolean {
    const oldest = this.#answered[this.#next];
    if (oldest !== undefined && now - oldest < 1000) return false;
    this.#answered[this.#next] = now;
    this.#next = (this.#next + 1) % this.#perSecond;
    return true;
  }
}
