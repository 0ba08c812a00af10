import { overloaded } from './server/admission.ts';

/** What all requests together may hold of one thing. */
export interface MemoryBudgetOptions {
  /** Bytes that are held at the most, but for what is small. */
  readonly capacity: number;
  /** Bytes up to which a single request is never refused, so that a few large ones keep no ordinary one out. */
  readonly small: number;
  /** What is held, and what bounds it, for the message of a refusal. */
  readonly what: string;
}

/** Bytes in memory that all requests share. */
export class MemoryBudget {
  readonly #options: MemoryBudgetOptions;
  #held = 0;

  constructor(options: MemoryBudgetOptions) {
    this.#options = options;
  }

  /** Bytes that are held at the moment. */
  get held(): number {
    return this.#held;
  }

  open(): Holding {
    return new Holding(this);
  }

  /**
   * Counts bytes of a request.
   *
   * @param own what the request holds then
   * @throws HttpError 503 where all requests together hold too much
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

/** What one request holds of a budget. */
export class Holding {
  readonly #budget: MemoryBudget;
  #bytes = 0;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @throws HttpError 503 where all requests together hold too much */
  add(bytes: number): void {
    this.#bytes += bytes;
    this.#budget.take(bytes, this.#bytes);
  }

  /** Gives everything back. */
  release(): void {
    this.#budget.giveBack(this.#bytes);
    this.#bytes = 0;
  }
}
