/**
 * Limits how many scans run at the same time, each of which takes a connection. Tables whose last scan failed may hang
 * again, for example on a lock of their remote: they come after all others, and never take the last free place of several.
 */
export class ScanPlaces {
  readonly #limit: number;
  readonly #waiting: Waiting[] = [];
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
   * Waits for a place: first come, first served. Returns what frees it; calling that again has no effect.
   *
   * @param hasFailed whether the table's last scan failed
   * @throws the signal's reason
   */
  async take(signal: AbortSignal, hasFailed: boolean): Promise<() => void> {
    signal.throwIfAborted();
    await this.#turn(signal, hasFailed);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#free++;
      this.#admit();
    };
  }

  /** Resolves when a place has been taken for the caller. */
  #turn(signal: AbortSignal, hasFailed: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = {
        hasFailed,
        goOn: () => {
          signal.removeEventListener('abort', giveUp);
          resolve();
        },
      };
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.push(waiting);
      this.#admit();
    });
  }

  #admit(): void {
    for (let next = this.#next(); next; next = this.#next()) {
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      this.#free--;
      next.goOn();
    }
  }

  #next(): Waiting | undefined {
    if (this.#free === 0) return undefined;
    const sound = this.#waiting.find(({ hasFailed }) => !hasFailed);
    return sound ?? (this.#free > 1 || this.#limit === 1 ? this.#waiting[0] : undefined);
  }
}

interface Waiting {
  readonly hasFailed: boolean;
  readonly goOn: () => void;
}
