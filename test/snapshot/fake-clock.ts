import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../src/clock.ts';

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  #monotonic = 0;
  /** What the wall clock shows when the monotonic one is at 0. */
  #epoch = 1_700_000_000_000;
  readonly #sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();

  now(): number {
    return this.#epoch + this.#monotonic;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  /** How many waits are under way. */
  get sleepers(): number {
    return this.#sleepers.size;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const sleeper = { until: this.#monotonic + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      });
    });
  }

  /** Moves the time on, and lets everything happen that this sets off. */
  async advance(ms: number): Promise<void> {
    this.#monotonic += ms;
    for (const sleeper of this.#sleepers) {
      if (sleeper.until > this.#monotonic) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
    await settle();
  }

  /** Sets the machine's clock back. */
  setBack(ms: number): void {
    this.#epoch -= ms;
  }
}

/** Lets everything happen that is ready to. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await nextTurn();
}
