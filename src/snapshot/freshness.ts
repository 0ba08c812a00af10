import type { SnapshotStats } from './snapshot.ts';

/** How a snapshot may be served: stale ones while a scan replaces them, expired ones not at all. */
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
 * How old a snapshot may be served. Ages count from the beginning of a scan, and one that took longer than a
 * snapshot is served would leave nothing to anybody: so where stale ones are served at all, it is at least as long
 * as it takes to replace this one, with time to spare.
 */
export function servedForMs(
  { maxAgeMs, staleWhileRevalidateMs }: FreshnessWindow,
  { durationMs }: Pick<SnapshotStats, 'durationMs'>,
): number {
  if (staleWhileRevalidateMs === 0) return maxAgeMs;
  return Math.max(maxAgeMs + staleWhileRevalidateMs, 3 * durationMs);
}
