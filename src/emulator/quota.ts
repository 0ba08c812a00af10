/** A ceiling on the requests that are answered within any one second. */
export class Quota {
  readonly #perSecond: number;
  /** When the latest requests were answered, in milliseconds; a ring of `#perSecond` places. */
  readonly #answered: number[] = [];
  #next = 0;

  /**
   * @param perSecond a whole number of at least 1
   * @throws RangeError where it is not
   */
  constructor(perSecond: number) {
    if (!(Number.isInteger(perSecond) && perSecond > 0)) {
      throw new RangeError(`requestsPerSecond must be a whole number from 1, but got ${perSecond}`);
    }
    this.#perSecond = perSecond;
  }

  /** Takes one request into account; false where it is one too many, which then counts for nothing. */
  admit(now: number): boolean {
    const oldest = this.#answered[this.#next];
    if (oldest !== undefined && now - oldest < 1000) return false;
    this.#answered[this.#next] = now;
    this.#next = (this.#next + 1) % this.#perSecond;
    return true;
  }
}
