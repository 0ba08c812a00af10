/** After how many milliseconds without a row a scan counts as hanging. */
const patienceMs = 10_000;

/** A scan's permission to hold a connection. */
export interface ScanPlace {
  /** To be called whenever the scan has received rows. */
  progressed(): void;
  /** Whether the scan should give up: all running scans hang, and a table whose last scan did not fail is waiting. */
  readonly isBlocking: boolean;
  /** Frees the place; calling it again has no effect. */
  leave(): void;
}

/**
 * Limits how many scans run at the same time, because each needs a connection. A scan may hang, for example on a lock in
 * the remote database, but must not keep other tables from being scanned. So if all running scans hang, they give up; and
 * tables whose last scan failed come after all others, and never take the last free place.
 */
export class ScanPlaces {
  readonly #limit: number;
  readonly #patienceMs: number;
  readonly #taken = new Set<TakenPlace>();
  readonly #waiting: Waiting[] = [];

  /** @param limit how many scans may run at the same time; at least 2 */
  constructor(limit: number, { hangsAfterMs = patienceMs } = {}) {
    this.#limit = limit;
    this.#patienceMs = hangsAfterMs;
  }

  /** How many places exist and are taken, and how many scans wait for one. */
  get usage(): { readonly limit: number; readonly taken: number; readonly waiting: number } {
    return { limit: this.#limit, taken: this.#taken.size, waiting: this.#waiting.length };
  }

  /**
   * Waits for a place: first come, first served.
   *
   * @param hasFailed whether the table's last scan failed
   * @throws the signal's reason
   */
  take(signal: AbortSignal, hasFailed: boolean): Promise<ScanPlace> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const waiting = {
        hasFailed,
        goOn: (place: ScanPlace) => {
          signal.removeEventListener('abort', giveUp);
          resolve(place);
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

  /** Gives free places to waiting scans. */
  #admit(): void {
    for (let next = this.#next(); next; next = this.#next()) {
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      const { hasFailed, goOn } = next;
      const place = this.#placeFor(hasFailed);
      this.#taken.add(place);
      goOn(place);
    }
  }

  #placeFor(hasFailed: boolean): TakenPlace {
    const isBlocked = () => this.#isBlocked();
    const place = {
      progressedAt: performance.now(),
      progressed: () => {
        place.progressedAt = performance.now();
      },
      get isBlocking(): boolean {
        return !hasFailed && isBlocked();
      },
      leave: () => {
        if (this.#taken.delete(place)) this.#admit();
      },
    };
    return place;
  }

  #next(): Waiting | undefined {
    const free = this.#limit - this.#taken.size;
    if (free === 0) return undefined;
    return this.#firstSound() ?? (free > 1 ? this.#waiting[0] : undefined);
  }

  #firstSound(): Waiting | undefined {
    return this.#waiting.find(({ hasFailed }) => !hasFailed);
  }

  #isBlocked(): boolean {
    if (this.#taken.size < this.#limit || !this.#firstSound()) return false;
    const hangingSince = performance.now() - this.#patienceMs;
    return [...this.#taken].every(({ progressedAt }) => progressedAt <= hangingSince);
  }
}

interface Waiting {
  readonly hasFailed: boolean;
  readonly goOn: (place: ScanPlace) => void;
}

interface TakenPlace extends ScanPlace {
  progressedAt: number;
}
