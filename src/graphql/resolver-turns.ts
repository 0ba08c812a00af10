import type { Pace } from '../columns/pace.ts';

/** How many resolvers go on before the clock is looked at. */
const resolversAtOnce = 16;

/** A resolver that waits for its turn. */
interface Waiting {
  resume(): void;
  reject(reason: unknown): void;
}

/**
 * Lets the resolvers of one request go on in portions. Thousands may have waited for the same result; together, what an
 * executor then does at once for each of them would block the event loop.
 */
export class ResolverTurns {
  readonly #pace: Pace;
  readonly #waiting: Waiting[] = [];
  /** How many resolvers of the current portion have gone on. */
  #started = 0;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /** The value for a resolver, or its failure, when its turn has come. Thousands may fail for the same reason. */
  async after<T>(value: Promise<T>): Promise<T> {
    try {
      return await value;
    } finally {
      await this.next();
    }
  }

  /**
   * The turn of a resolver; undefined if it may go on at once. Rejected with the reason of the request's signal if that is
   * aborted.
   */
  next(): Promise<void> | undefined {
    if (this.#started < resolversAtOnce) {
      this.#started++;
      if (this.#started === 1) void this.#takeTurns();
      return undefined;
    }
    return new Promise((resume, reject) => this.#waiting.push({ resume, reject }));
  }

  async #takeTurns(): Promise<void> {
    let ended: { readonly why: unknown } | undefined;
    while (this.#started > 0) {
      await portionDone();
      try {
        if (this.#pace.due) await this.#pace.pause();
      } catch (why) {
        ended = { why };
      }
      const portion = this.#waiting.splice(0, resolversAtOnce);
      this.#started = portion.length;
      for (const { resume, reject } of portion) {
        if (ended) reject(ended.why);
        else resume();
      }
    }
  }
}

/** By then everything has been done that waited for the resolvers of the portion alone. */
function portionDone(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
