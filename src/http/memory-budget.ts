import { overloaded } from './http-error.ts';

/** The limit on what all requests together may hold. */
export interface MemoryBudgetOptions {
  /** The maximum number of bytes, not counting small requests. */
  readonly capacity: number;
  /** The number of bytes up to which a request is always accepted, so that a few large ones do not keep out ordinary ones. */
  readonly small: number;
  /** What is limited, and by what, for the error message. */
  readonly what: string;
}

/** Memory that all requests share. */
export class MemoryBudget {
  readonly #options: MemoryBudgetOptions;
  #held = 0;

  constructor(options: MemoryBudgetOptions) {
    this.#options = options;
  }

  /** The bytes that are held now. */
  get held(): number {
    return this.#held;
  }

  open(): Holding {
    return new Holding(this);
  }

  /**
   * Counts bytes of a request.
   *
   * @param own the bytes that the request then holds
   * @throws HttpError 503 if all requests together hold too much
   */
  take(bytes: number, own: number): void {
    const { capacity, small, what } = this.#options;
    this.#held += bytes;
    if (own > small && this.#held > capacity) throw overloaded(`too many ${what} at once; retry shortly`);
  }

  giveBack(bytes: number): void {
    this.#held -= bytes;
  }
}

/** The share of one request in a budget. */
export class Holding {
  readonly #budget: MemoryBudget;
  #bytes = 0;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @throws HttpError 503 if all requests together hold too much */
  add(bytes: number): void {
    this.#bytes += bytes;
    this.#budget.take(bytes, this.#bytes);
  }

  /** Releases all of it. */
  release(): void {
    this.#budget.giveBack(this.#bytes);
    this.#bytes = 0;
  }
}
