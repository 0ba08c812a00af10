import { type Clock, within } from '../clock.ts';
import type { AttributeNeeds } from './attributes-builder.ts';
import { HeldSnapshot } from './held-snapshot.ts';
import type { ColumnarSnapshot } from './snapshot.ts';

/** How long a scan waits for the readers of replaced snapshots. */
const readersPatienceMs = 5_000;

/** The snapshots of an object in memory: the latest one, and replaced ones that still have readers. */
export class HeldSnapshots {
  readonly #clock: Clock;
  #latest: HeldSnapshot | undefined;
  readonly #replaced = new Set<HeldSnapshot>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Undefined if none may be served. */
  get latest(): HeldSnapshot | undefined {
    return this.#latest;
  }

  /** Makes a snapshot the latest. */
  hold(snapshot: ColumnarSnapshot, needs: AttributeNeeds): HeldSnapshot {
    this.retireLatest();
    this.#latest = new HeldSnapshot(snapshot, needs, this.#clock);
    return this.#latest;
  }

  /** Drops the latest snapshot once its last reader has released it. */
  retireLatest(): void {
    const held = this.#latest;
    if (!held) return;
    this.#latest = undefined;
    this.#replaced.add(held);
    void held.whenUnused().then(() => this.#replaced.delete(held));
  }

  /** Waits, but not for ever, until snapshots that have been replaced so far have no readers. */
  async replacedUnread(signal: AbortSignal): Promise<void> {
    if (this.#replaced.size === 0) return;
    await within(Promise.all([...this.#replaced].map((held) => held.whenUnused())), {
      clock: this.#clock,
      ms: readersPatienceMs,
      signal,
      onLate: () => [],
    });
  }
}
