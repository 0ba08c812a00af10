/** Places for scans, each of which takes a connection, so that any number of tables takes no more than these. */
export class ScanPlaces {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** @param limit how many scans may run at the same time; at least 1 */
  constructor(limit: number) {
    this.#limit = limit;
    this.#free = limit;
  }

  /** How many places there are and are taken, and how many scans wait for one. */
  get usage(): { readonly limit: number; readonly taken: number; readonly waiting: number } {
    return { limit: this.#limit, taken: this.#limit - this.#free, waiting: this.#waiting.length };
  }

  /**
   * Waits for a place: first come, first served. Returns what frees it, which works once.
   *
   * @throws the signal's reason
   */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else await this.#turn(signal);
    let isTaken = true;
    return () => {
      if (isTaken) this.#release();
      isTaken = false;
    };
  }

  /** Resolves when somebody's place has been handed over. */
  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const goOn = () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(goOn), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.push(goOn);
    });
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}
