import type { SnapshotStats } from './snapshot.ts';

/** Whether a snapshot may be served: a stale one while a scan replaces it, an expired one not at all. */
export type Freshness = 'fresh' | 'stale' | 'expired';

/** How long snapshots of an object are served, in milliseconds. */
export interface FreshnessWindow {
  /** How long a snapshot is fresh, from when its scan began. */
  readonly maxAgeMs: number;
  /** How much longer it is served while a scan replaces it. */
  readonly staleWhileRevalidateMs: number;
}

/** @param stats of the snapshot's own scan */
export function freshnessAt(ageMs: number, window: FreshnessWindow, stats: SnapshotStats): Freshness {
  if (ageMs < window.maxAgeMs) return 'fresh';
  return ageMs < servedForMs(window, stats) ? 'stale' : 'expired';
}

/**
 * The age up to which a snapshot is served, in milliseconds. Ages count from the start of the scan, so that a scan which takes
 * longer than that would leave nothing to serve. If stale snapshots are served at all, they are therefore served for at least
 * three times as long as their scan took.
 */
export function servedForMs(
  { maxAgeMs, staleWhileRevalidateMs }: FreshnessWindow,
  { durationMs }: Pick<SnapshotStats, 'durationMs'>,
): number {
  if (staleWhileRevalidateMs === 0) return maxAgeMs;
  return Math.max(maxAgeMs + staleWhileRevalidateMs, 3 * durationMs);
}
