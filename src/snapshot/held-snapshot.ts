import type { AttributeNeeds } from './attributes-builder.ts';
import type { ColumnarSnapshot } from './snapshot.ts';

/** A snapshot, and who still reads it. */
export class HeldSnapshot {
  readonly snapshot: ColumnarSnapshot;
  /** Which attributes it keeps. */
  readonly needs: AttributeNeeds;
  #readers = 0;
  #waiting: (() => void)[] = [];

  constructor(snapshot: ColumnarSnapshot, needs: AttributeNeeds) {
    this.snapshot = snapshot;
    this.needs = needs;
  }

  /** Adds a reader. Returns what ends its reading; further calls of it do nothing. */
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

  /** Resolves as soon as nobody reads it. */
  whenUnused(): Promise<void> {
    if (this.#readers === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
