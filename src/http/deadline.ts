import { RequestTimeoutError } from '../errors.ts';
import { limitSettings } from '../limits/limits.ts';
import { clientGone } from './http-error.ts';
import type { Client } from './message.ts';

/**
 * The deadlines of all requests, each so many milliseconds after its request began. As all take equally long, they
 * are over in the order in which they were set: one timer, for the first of them, serves all.
 */
export class Deadlines {
  readonly #ms: number;
  // A list through the deadlines themselves, in the order in which they are over: a `Map` would hash each of them.
  #first: Deadline | undefined;
  #last: Deadline | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param ms how long a request may take */
  constructor(ms: number) {
    this.#ms = ms;
  }

  /** Sets the deadline of a request that begins now. */
  set(client: Client): Deadline {
    const deadline = new Deadline(client, performance.now() + this.#ms, this.#forget);
    const last = this.#last;
    deadline.previous = last;
    if (last) last.next = deadline;
    else this.#first = deadline;
    this.#last = deadline;
    // Set once for many requests: it may go off when none is late, and is then set for the first that is left.
    this.#timer ??= setTimeout(this.#endLate, this.#ms).unref();
    return deadline;
  }

  readonly #forget = (ended: Deadline): void => {
    const { previous, next } = ended;
    if (previous) previous.next = next;
    else if (this.#first === ended) this.#first = next;
    else return;
    if (next) next.previous = previous;
    else this.#last = previous;
    ended.previous = undefined;
    ended.next = undefined;
  };

  readonly #endLate = (): void => {
    this.#timer = undefined;
    const now = performance.now();
    for (let deadline = this.#first; deadline; deadline = this.#first) {
      const left = deadline.endsAt - now;
      // Timers may go off up to a millisecond early.
      if (left > 1) {
        this.#timer = setTimeout(this.#endLate, Math.ceil(left)).unref();
        return;
      }
      this.#forget(deadline);
      deadline.abort(lateError(this.#ms));
    }
  };
}

/**
 * The one signal of a request, aborted when its time is up or its client has gone. Every paced loop and every wait of
 * the request ends with it.
 */
export class Deadline {
  /** On the clock of `performance.now()`. */
  readonly endsAt: number;
  /** Its neighbours among those that are open. */
  previous: Deadline | undefined;
  next: Deadline | undefined;
  readonly #client: Client;
  readonly #onEnd: (ended: Deadline) => void;
  /** Made when somebody asks for the signal: most requests are answered before anybody does. */
  #controller: AbortController | undefined;
  #reason: { readonly why: unknown } | undefined;
  /** Ends the wait for the work. */
  #giveUp: ((reason: unknown) => void) | undefined;

  constructor(client: Client, endsAt: number, onEnd: (ended: Deadline) => void) {
    this.endsAt = endsAt;
    this.#client = client;
    this.#onEnd = onEnd;
    client.onLeave(() => this.abort(clientGone()));
  }

  /** Ends everything that is done for the request before its time. */
  readonly abort = (why: unknown): void => {
    if (this.#reason) return;
    this.#reason = { why };
    this.#controller?.abort(why);
    this.#giveUp?.(why);
  };

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#reason) this.#controller.abort(this.#reason.why);
    }
    return this.#controller.signal;
  }

  /** Waits for the work, but no longer than the signal allows. The work is left to end by the same signal. */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#reason) reject(this.#reason.why);
      this.#giveUp = reject;
      work.then(resolve, reject);
    });
  }

  /** Ends what still waits for the signal; to be called when the request has been answered. */
  end(): void {
    this.#onEnd(this);
    this.#client.onLeave(undefined);
  }
}

function lateError(ms: number): RequestTimeoutError {
  return new RequestTimeoutError(
    `the request was not answered within ${ms} milliseconds (${limitSettings.requestTimeout.flag})`,
  );
}
