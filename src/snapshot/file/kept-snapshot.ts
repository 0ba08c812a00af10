import type { HeldSnapshot } from '../held-snapshot.ts';
import type { ColumnarSnapshot } from '../snapshot.ts';
import type { SnapshotFiles, SnapshotOwner } from './snapshot-files.ts';

/** The latest snapshot of an object as it is kept from one start of the gateway to the next, where it is. */
export class KeptSnapshot {
  readonly #files: SnapshotFiles | undefined;
  /** Settles when every snapshot so far has been written. */
  #saved: Promise<void> = Promise.resolve();

  constructor(files: SnapshotFiles | undefined) {
    this.#files = files;
  }

  /** @param whyUnusable why a snapshot is of no use; undefined where it is of some */
  async load(
    owner: SnapshotOwner,
    whyUnusable: (snapshot: ColumnarSnapshot) => string | undefined,
  ): Promise<ColumnarSnapshot | undefined> {
    return this.#files?.load(owner, whyUnusable);
  }

  /** The files of one object are written one after the other; a snapshot that is being written counts as read. */
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
