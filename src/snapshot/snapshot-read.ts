import { ScanError } from '../errors.ts';
import type { ScanProgress } from '../source/source.ts';
import type { HeldSnapshot } from './held-snapshot.ts';
import type { Snapshot } from './snapshot.ts';
import type { SnapshotStoreOptions } from './store-definition.ts';

/** How a read got its snapshot. The last two waited for a scan, which was started for this read or had been for another. */
type SnapshotState = 'fresh' | 'stale' | 'scanned' | 'joined';

/** A snapshot that is lent to a reader. */
export interface SnapshotRead {
  readonly snapshot: Snapshot;
  readonly state: SnapshotState;
  /** Milliseconds from the start of the snapshot's scan to this read. */
  readonly ageMs: number;
  /** The age in milliseconds at which it becomes stale. */
  readonly maxAgeMs: number;
  /**
   * Ends the read. No scan starts while a replaced snapshot has readers, so that at most two snapshots are in memory; but no
   * scan waits for that longer than five seconds.
   */
  release(): void;
}

/** Options of a read. */
export interface ReadOptions {
  /** Whether to wait for a scan that starts after this call. */
  readonly noCache?: boolean;
  /** Ends the wait and the read, never the scan. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Lends a snapshot to a reader.
 *
 * @param signal releases the snapshot when the reader is gone; undefined if the reader itself always releases it
 * @throws the signal's reason if the reader is already gone
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

/** A read did not get a snapshot within the scan timeout. */
export function stillScanning(
  { object, server, scanTimeoutMs }: Pick<SnapshotStoreOptions, 'object' | 'server' | 'scanTimeoutMs'>,
  progress: ScanProgress | undefined,
): ScanError {
  const detail = `the scan of ${object} on server ${server} is still in progress after ${scanTimeoutMs} ms (--scan-timeout)`;
  return new ScanError('SCAN_IN_PROGRESS', detail, { progress });
}

/** There are no reads any more. */
export function stopping(): ScanError {
  return new ScanError('SCAN_UNAVAILABLE', 'the gateway is stopping');
}
