import type { Field } from '../../source/source.ts';
import type { AttributeNeeds } from '../attributes-builder.ts';
import type { ColumnarSnapshot } from '../snapshot.ts';

/** The object to which a snapshot belongs. A file of any other owner is not used. */
export interface SnapshotOwner {
  readonly server: string;
  readonly object: string;
  /** What the source reads; see `Source`. */
  readonly origin: string | undefined;
  readonly fields: readonly Field[];
  readonly needs: AttributeNeeds;
}

/** Keeps the latest snapshot of each foreign object across restarts of the gateway. Never rejects. */
export interface SnapshotFiles {
  /**
   * The snapshot that was kept; undefined if there is none that can be used.
   *
   * @param whyUnusable why a snapshot cannot be used, worded to follow "the snapshot file"; undefined if it can
   */
  load(
    owner: SnapshotOwner,
    whyUnusable: (snapshot: ColumnarSnapshot) => string | undefined,
  ): Promise<ColumnarSnapshot | undefined>;
  /** Replaces the snapshot that was kept before. */
  save(owner: SnapshotOwner, snapshot: ColumnarSnapshot): Promise<void>;
}
