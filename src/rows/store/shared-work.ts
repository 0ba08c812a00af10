import { Pace } from '../../columns/pace.ts';

/**
 * Work that several requests wait for. It goes on for as long as anyone waits and ends when nobody does: one
 * request that is aborted leaves the others theirs.
 */
export class SharedWork<T> {
  readonly #controller = new AbortController();
  readonly #result: Promise<T>;
  #waiting = 0;
  #settled = false;

  /** @param work begins at once, and is paced so that it can be ended */
  constructor(work: (pace: Pace) => Promise<T>) {
    this.#result = work(new Pace({ signal: this.#controller.signal }));
    const settle = () => {
      this.#settled = true;
    };
    // Where nobody waits any more, nobody is left to hear of a failure.
    this.#result.then(settle, settle);
  }

  /** Whether everyone who waited has gone, so that the work comes to nothing. */
  get abandoned(): boolean {
    return this.#controller.signal.aborted;
  }

  /**
   * What the work comes to.
   *
   * @param signal ends the waiting
   * @throws the signal's reason where it has been aborted
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
