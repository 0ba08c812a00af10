import type { HeldSnapshot } from './held-snapshot.ts';
import type { Snapshot } from './snapshot.ts';

/** How a read came by its snapshot: the last two waited for a scan, begun for the read itself or for another. */
type SnapshotState = 'fresh' | 'stale' | 'scanned' | 'joined';

/** A snapshot, lent to a reader. */
export interface SnapshotRead {
  readonly snapshot: Snapshot;
  readonly state: SnapshotState;
  /** How long before this read the snapshot's scan began. */
  readonly ageMs: number;
  /** At which age it is not fresh any more. */
  readonly maxAgeMs: number;
  /**
   * Ends the reading. While a replaced snapshot is read no further scan begins, so that at most two snapshots
   * are in memory; but no scan waits longer than five seconds for that.
   */
  release(): void;
}

/** How a reader wants its snapshot. */
export interface ReadOptions {
  /** Waits for a scan that begins after this call. */
  readonly noCache?: boolean;
  /** Ends the wait and the reading, never the scan. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Lends a snapshot. Whoever is gone when it arrives gets none, and whoever goes later holds it no longer.
 *
 * @param signal the reader's; undefined where it is sure to release what it was lent
 */
export function lend(
  held: HeldSnapshot,
  { state, ageMs, maxAgeMs }: Pick<SnapshotRead, 'state' | 'ageMs' | 'maxAgeMs'>,
  signal: AbortSignal | undefined,
): SnapshotRead {
  signal?.throwIfAborted();
  const letGo = held.hold();
  const { snapshot } = held;
  if (!signal) return { snapshot, state, ageMs, maxAgeMs, release: letGo };
  const release = () => {
    signal.removeEventListener('abort', release);
    letGo();
  };
  signal.addEventListener('abort', release, { once: true });
  return { snapshot, state, ageMs, maxAgeMs, release };
}
