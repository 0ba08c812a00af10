import { exceeded, type Limits, limitSettings } from '../limits/limits.ts';
import { type Holding, MemoryBudget } from './memory-budget.ts';

/** How many times the largest answer the answers of all requests may hold together. */
const heldAnswers = 3;

/** Bytes of an answer that is no matter, neither for the memory nor for the event loop. */
export const smallAnswer = 128 * 1024;

/** Counts what answers take, so that neither one nor all of them together fill the memory. */
export class AnswerMeters {
  readonly #limits: Limits;
  readonly #budget: MemoryBudget;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#budget = new MemoryBudget({
      capacity: heldAnswers * limits.responseBytes,
      small: smallAnswer,
      what: `large answers (${heldAnswers} × ${limitSettings.responseBytes.flag})`,
    });
  }

  /** Bytes of all answers that are being built or sent. */
  get held(): number {
    return this.#budget.held;
  }

  /** @param end ends the request with the reason why its answer cannot be built */
  open(end: (reason: unknown) => void): AnswerMeter {
    return new AnswerMeter(this.#limits, this.#budget.open(), end);
  }
}

/** Counts the bytes of one answer, from its first value until its client has taken it. */
export class AnswerMeter {
  readonly #limits: Limits;
  readonly #holding: Holding;
  readonly #end: (reason: unknown) => void;
  #isOpen = true;
  #built = 0;
  #written = 0;

  constructor(limits: Limits, holding: Holding, end: (reason: unknown) => void) {
    this.#limits = limits;
    this.#holding = holding;
    this.#end = end;
  }

  /** Bytes of the values so far, roughly. */
  get built(): number {
    return this.#built;
  }

  /**
   * Counts values of the answer.
   *
   * @param bytes that they take as JSON, roughly
   * @throws QueryTooComplexError where the answer grows too large
   * @throws HttpError 503 where all answers together do
   */
  build(bytes: number): void {
    this.#built += bytes;
    this.#hold(this.#built, bytes);
  }

  /** Counts what is written of the answer; throws like `build`. */
  write(bytes: number): void {
    this.#written += bytes;
    this.#hold(this.#written, bytes);
  }

  /** Counts nothing any more; to be called when the client has taken the answer, or is gone. */
  release(): void {
    this.#isOpen = false;
    this.#holding.release();
  }

  #hold(size: number, bytes: number): void {
    // What was under way when the request ended is to end too.
    if (!this.#isOpen) throw new Error('the request has ended');
    try {
      this.#holding.add(bytes);
      if (size > this.#limits.responseBytes) throw exceeded(this.#limits, 'responseBytes', 'the answer');
    } catch (error) {
      // What else is under way for the answer ends with it.
      this.#end(error);
      throw error;
    }
  }
}
