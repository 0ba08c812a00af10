import { Pace } from '../../columns/pace.ts';

/**
 * Work that several requests wait for. It continues as long as any of them waits and is aborted when none does, so that
 * an aborted request does not affect the others.
 */
export class SharedWork<T> {
  readonly #controller = new AbortController();
  readonly #result: Promise<T>;
  #waiting = 0;
  #settled = false;

  /** @param work starts at once, and is paced so that it can be aborted */
  constructor(work: (pace: Pace) => Promise<T>) {
    this.#result = work(new Pace({ signal: this.#controller.signal }));
    const settle = () => {
      this.#settled = true;
    };
    // Handles a failure that nobody waits for any more.
    this.#result.then(settle, settle);
  }

  /** Whether everyone who waited has left, so that the work has been aborted. */
  get abandoned(): boolean {
    return this.#controller.signal.aborted;
  }

  /**
   * The result of the work.
   *
   * @param signal ends the wait
   * @throws the signal's reason if it has been aborted
   */
  async wait(signal: AbortSignal | undefined): Promise<T> {
    this.#waiting++;
    try {
      return await unlessAborted(this.#result, signal);
    } finally {
      this.#waiting--;
      if (this.#waiting === 0 && !this.#settled) this.#controller.abort();
    }
  }
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  let stopListening = () => {};
  const aborted = new Promise<never>((_, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    stopListening = () => signal.removeEventListener('abort', abort);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    stopListening();
  }
}
