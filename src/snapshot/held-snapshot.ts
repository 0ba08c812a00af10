import type { Clock } from '../clock.ts';
import type { AttributeNeeds } from './attributes-builder.ts';
import type { ColumnarSnapshot } from './snapshot.ts';

/** How long ago a snapshot's scan began, in milliseconds: at least as long as it took, even if the clock was set back. */
export function ageOf({ startedAt, stats }: ColumnarSnapshot, clock: Pick<Clock, 'now'>): number {
  return Math.max(stats.durationMs, clock.now() - startedAt);
}

/** A snapshot and the number of its readers. */
export class HeldSnapshot {
  readonly snapshot: ColumnarSnapshot;
  /** Which attributes it keeps. */
  readonly needs: AttributeNeeds;
  readonly #clock: Clock;
  /** On the monotonic clock. */
  readonly #heldAt: number;
  readonly #ageWhenHeld: number;
  #readers = 0;
  #waiting: (() => void)[] = [];

  constructor(snapshot: ColumnarSnapshot, needs: AttributeNeeds, clock: Clock) {
    this.snapshot = snapshot;
    this.needs = needs;
    this.#clock = clock;
    this.#heldAt = clock.monotonic();
    this.#ageWhenHeld = ageOf(snapshot, clock);
  }

  /**
   * How long ago its scan began, in milliseconds. It also grows if the machine's clock is set back, and by the time for which the
   * machine was suspended.
   */
  get ageMs(): number {
    const elapsed = Math.floor(this.#clock.monotonic() - this.#heldAt);
    return Math.max(this.#clock.now() - this.snapshot.startedAt, this.#ageWhenHeld + elapsed);
  }

  /** Adds a reader. Returns a function that removes it again, once. */
  hold(): () => void {
    this.#readers++;
    let reading = true;
    return () => {
      if (!reading) return;
      reading = false;
      this.#readers--;
      if (this.#readers === 0) for (const resolve of this.#waiting.splice(0)) resolve();
    };
  }

  /** Resolves as soon as it has no reader. */
  whenUnused(): Promise<void> {
    if (this.#readers === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
