import { exceeded, type Limits, limitSettings } from '../limits/limits.ts';
import { type Holding, MemoryBudget } from './memory-budget.ts';

/** The maximum size of all answers together, as a multiple of the largest answer. */
const heldAnswers = 3;

/** The memory of values before they are written, as objects, per byte of their JSON: at least. */
const bytesPerBuiltByte = 2;

/** The size of an answer, in bytes, that matters neither for the memory nor for the event loop. */
export const smallAnswer = 128 * 1024;

/** Counts the size of answers, so that neither one nor all of them together fill the memory. */
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

  /** The size of all answers that are being built or sent, in bytes. */
  get held(): number {
    return this.#budget.held;
  }

  /** @param end ends the request with the reason why its answer cannot be built */
  open(end: (reason: unknown) => void): AnswerMeter {
    return new AnswerMeter(this.#limits, this.#budget.open(), end);
  }
}

/** Counts the bytes of one answer, from its first value until it has been sent. */
export class AnswerMeter {
  readonly #limits: Limits;
  readonly #holding: Holding;
  readonly #end: (reason: unknown) => void;
  /** Why nothing more is counted. Always the same error, because hundreds of fields may fail with it, and each reads its stack. */
  #over: { readonly why: unknown } | undefined;
  #isReleased = false;
  #built = 0;
  #written = 0;

  constructor(limits: Limits, holding: Holding, end: (reason: unknown) => void) {
    this.#limits = limits;
    this.#holding = holding;
    this.#end = end;
  }

  /** The approximate size of the values so far, in bytes. */
  get built(): number {
    return this.#built;
  }

  /**
   * Counts values of the answer.
   *
   * @param bytes their approximate size as JSON
   * @throws QueryTooComplexError if the answer grows too large
   * @throws HttpError 503 if all answers together do
   */
  build(bytes: number): void {
    this.#built += bytes;
    this.#hold(this.#built, bytesPerBuiltByte * bytes);
  }

  /** Counts written bytes of the answer; throws like `build`. */
  write(bytes: number): void {
    this.#written += bytes;
    this.#hold(this.#written, bytes);
  }

  /** Stops counting. To be called when the answer has been sent, or the client is gone. */
  release(): void {
    this.#isReleased = true;
    this.#holding.release();
  }

  /**
   * @param size of the answer so far
   * @param bytes of memory
   */
  #hold(size: number, bytes: number): void {
    // Aborts work that is still running after the request has ended. Few requests need the error, and making it takes a
    // tenth of the time of a small request.
    if (this.#isReleased) this.#over ??= { why: new Error('the request has ended') };
    if (this.#over) throw this.#over.why;
    try {
      this.#holding.add(bytes);
      if (size > this.#limits.responseBytes) throw exceeded(this.#limits, 'responseBytes', 'the answer');
    } catch (error) {
      // Other work for the answer is aborted as well.
      this.#over = { why: error };
      this.#end(error);
      throw error;
    }
  }
}
