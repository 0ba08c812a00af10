import { printDuration } from '../duration.ts';
import { RequestTimeoutError } from '../errors.ts';
import { limitSettings } from '../limits/limits.ts';
import { clientGone } from './http-error.ts';
import type { HttpRequest } from './message.ts';

/**
 * The deadlines of all requests. Because all have the same duration, they pass in the order in which they were set, so that one
 * timer for the first of them is enough.
 */
export class Deadlines {
  readonly #ms: number;
  // A list through the deadlines themselves, in the order in which they are over: a `Map` would hash each of them.
  #first: Deadline | undefined;
  #last: Deadline | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param ms the maximum duration of a request */
  constructor(ms: number) {
    this.#ms = ms;
  }

  /** Sets the deadline of a request that starts now. */
  set(request: TimedRequest): Deadline {
    const deadline = new Deadline(request, performance.now() + this.#ms, this.#forget);
    const last = this.#last;
    deadline.previous = last;
    if (last) last.next = deadline;
    else this.#first = deadline;
    this.#last = deadline;
    // One timer for many requests: if none is late when it fires, it is set again for the first that is left.
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
      // Timers may fire up to a millisecond early.
      if (left > 1) {
        this.#timer = setTimeout(this.#endLate, Math.ceil(left)).unref();
        return;
      }
      this.#forget(deadline);
      deadline.abort(lateError(this.#ms));
    }
  };
}

/** What ends a request. */
export type TimedRequest = Pick<HttpRequest, 'client' | 'place'>;

/**
 * The abort signal of a request, aborted when its deadline passes or its client disconnects. It ends every paced loop and every
 * wait of the request.
 */
export class Deadline {
  /** On the clock of `performance.now()`. */
  readonly endsAt: number;
  /** Its neighbours among those that are open. */
  previous: Deadline | undefined;
  next: Deadline | undefined;
  readonly #request: TimedRequest;
  readonly #onEnd: (ended: Deadline) => void;
  /** Created when the signal is first needed, which most requests never do. */
  #controller: AbortController | undefined;
  #reason: { readonly why: unknown } | undefined;
  /** Rejects the promise of `race`. */
  #giveUp: ((reason: unknown) => void) | undefined;

  constructor(request: TimedRequest, endsAt: number, onEnd: (ended: Deadline) => void) {
    this.endsAt = endsAt;
    this.#request = request;
    this.#onEnd = onEnd;
    request.client.onLeave(() => this.abort(clientGone()));
  }

  /** Aborts all work for the request. */
  readonly abort = (why: unknown): void => {
    if (this.#reason) return;
    this.#reason = { why };
    this.#controller?.abort(why);
    this.#giveUp?.(why);
  };

  /** Only read by what is about to wait: it is aborted at once if the request may not. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      const refusal = this.#request.place.refusalToWait;
      if (refusal !== undefined) this.abort(refusal);
      if (this.#reason) this.#controller.abort(this.#reason.why);
    }
    return this.#controller.signal;
  }

  /** Waits for the work until the signal is aborted. The same signal has to end the work. */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#reason) reject(this.#reason.why);
      this.#giveUp = reject;
      work.then(resolve, reject);
    });
  }

  /** Removes the deadline. To be called when the request has been answered. */
  end(): void {
    this.#onEnd(this);
    this.#request.client.onLeave(undefined);
  }
}

function lateError(ms: number): RequestTimeoutError {
  return new RequestTimeoutError(
    `the request was not answered within ${printDuration(ms)} (${limitSettings.requestTimeout.flag})`,
  );
}
