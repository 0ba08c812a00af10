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

/** What one request holds of a budget. */
export interface Holding {
  readonly bytes: number;
  /** @throws HttpError 503 where all requests together hold too much */
  add(bytes: number): void;
  /** Gives everything back. */
  release(): void;
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
    let own = 0;
    return {
      get bytes() {
        return own;
      },
      add: (bytes) => {
        const { capacity, small, what } = this.#options;
        own += bytes;
        this.#held += bytes;
        if (own > small && this.#held > capacity) throw overloaded(`too many ${what} at once; retry shortly`);
      },
      release: () => {
        this.#held -= own;
        own = 0;
      },
    };
  }
}
