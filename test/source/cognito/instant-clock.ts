import type { Clock } from '../../../src/clock.ts';

/** A clock that stands still, but for what is slept: a sleep is over in the next turn of the event loop and moves it on. */
export class InstantClock implements Clock {
  #now = 0;
  readonly sleeps: number[] = [];

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.sleeps.push(ms);
    await new Promise(setImmediate);
    signal?.throwIfAborted();
    this.#now += ms;
  }

  pass(ms: number): void {
    this.#now += ms;
  }
}
