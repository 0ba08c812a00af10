/** The maximum number of answers that are written in one turn of the event loop: of 64 KiB each they take a millisecond or two. */
const mostInTurn = 64;

/**
 * Holds answers until the requests that arrived together have all been handled, so that they are written one after the other.
 * When handling and writing alternate, each evicts the other's code from the processor's caches, and a client that waits has to be
 * woken for every single answer: with 16 connections a repeated request took 47 µs of CPU that way, and takes 27 µs this way.
 */
export class WriteQueue {
  readonly #waiting: (() => void)[] = [];

  /** Waits for an answer's turn to be written. */
  turn(): Promise<void> {
    return new Promise((write) => {
      // Immediates run after everything that has arrived was read:
      // https://nodejs.org/learn/asynchronous-work/event-loop-timers-and-nexttick
      if (this.#waiting.push(write) === 1) setImmediate(this.#writeNext);
    });
  }

  readonly #writeNext = (): void => {
    const next = this.#waiting.splice(0, mostInTurn);
    if (this.#waiting.length > 0) setImmediate(this.#writeNext);
    for (const write of next) write();
  };
}
