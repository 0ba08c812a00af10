/** The maximum number of requests that are answered in one turn of the event loop: small ones take 30 µs each. */
const mostInTurn = 64;

/**
 * Holds requests until all that arrived together have been read, so that they are answered one after the other, and their answers
 * then written one after the other. When reading, answering and writing alternate, each evicts the others' code from the
 * processor's caches, and a client that waits has to be woken for every single answer: with 16 connections a repeated request took
 * 47 µs of CPU that way, and takes 27 µs this way.
 */
export class AnswerQueue {
  readonly #waiting: (() => void)[] = [];

  /** Waits for a request's turn to be answered. */
  turn(): Promise<void> {
    return new Promise((answer) => {
      // Immediates run after everything that has arrived was read:
      // https://nodejs.org/learn/asynchronous-work/event-loop-timers-and-nexttick
      if (this.#waiting.push(answer) === 1) setImmediate(this.#answerNext);
    });
  }

  readonly #answerNext = (): void => {
    const next = this.#waiting.splice(0, mostInTurn);
    if (this.#waiting.length > 0) setImmediate(this.#answerNext);
    for (const answer of next) answer();
  };
}
