import type { Field } from '../../source/source.ts';
import type { AttributeNeeds } from '../attributes-builder.ts';
import type { ColumnarSnapshot } from '../snapshot.ts';

/** Whose snapshot a file holds. A file of any other is not taken for it. */
export interface SnapshotOwner {
  readonly server: string;
  readonly object: string;
  /** What the source reads; see `Source`. */
  readonly origin: string | undefined;
  readonly fields: readonly Field[];
  readonly needs: AttributeNeeds;
}

/** Keeps the latest snapshot of each foreign object from one start of the gateway to the next. Never rejects. */
export interface SnapshotFiles {
  /**
   * The snapshot that was kept; undefined where there is none of use.
   *
   * @param whyUnusable why a snapshot is of no use, as what follows "the snapshot file"
   */
  load(
    owner: SnapshotOwner,
    whyUnusable: (snapshot: ColumnarSnapshot) => string | undefined,
  ): Promise<ColumnarSnapshot | undefined>;
  /** Keeps this snapshot instead of any earlier one. */
  save(owner: SnapshotOwner, snapshot: ColumnarSnapshot): Promise<void>;
}
