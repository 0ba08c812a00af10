import type { Clock } from '../../clock.ts';
import { type FreshnessWindow, servedForMs } from '../freshness.ts';
import type { HeldSnapshot } from '../held-snapshot.ts';
import type { ColumnarSnapshot } from '../snapshot.ts';
import type { SnapshotFiles, SnapshotOwner } from './snapshot-files.ts';

/** The latest snapshot of one object in a file, if the gateway keeps snapshots across restarts. */
export class KeptSnapshot {
  readonly #files: SnapshotFiles | undefined;
  readonly #clock: Pick<Clock, 'now'>;
  /** Settles when every snapshot so far has been written. */
  #saved: Promise<void> = Promise.resolve();

  constructor(files: SnapshotFiles | undefined, clock: Pick<Clock, 'now'>) {
    this.#files = files;
    this.#clock = clock;
  }

  /** The snapshot in the file, if it would still be served had this process scanned it. */
  async load(owner: SnapshotOwner, window: FreshnessWindow): Promise<ColumnarSnapshot | undefined> {
    return this.#files?.load(owner, ({ startedAt, stats }) => {
      const age = this.#clock.now() - startedAt;
      if (age < 0) return 'is from the future';
      return age < servedForMs(window, stats) ? undefined : 'is too old';
    });
  }

  /** Files of one object are written one at a time. A snapshot counts as read while it is being written. */
  save(owner: SnapshotOwner, held: HeldSnapshot): void {
    const files = this.#files;
    if (!files) return;
    const release = held.hold();
    this.#saved = this.#saved.then(() => files.save(owner, held.snapshot)).then(release);
  }

  /** Resolves when nothing is being written any more. */
  settled(): Promise<void> {
    return this.#saved;
  }
}
