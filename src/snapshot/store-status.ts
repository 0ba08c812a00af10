import type { ScanProgress } from '../source/source.ts';
import type { SharingStatus } from './exchange/sharing-status.ts';
import type { Freshness } from './freshness.ts';
import type { Snapshot } from './snapshot.ts';

/** What a store holds and does, for operators. */
export interface StoreStatus {
  readonly server: string;
  readonly object: string;
  /** Undefined before the first scan has ended. */
  readonly snapshot: SnapshotStatus | undefined;
  /** The running scan, if there is one. */
  readonly scan: { readonly startedAt: number; readonly progress: ScanProgress } | undefined;
  /** When the next scheduled scan starts, in milliseconds since 1970; undefined if only requests start scans. */
  readonly nextScanAt: number | undefined;
  /** Undefined if scans are not shared. */
  readonly sharing: SharingStatus | undefined;
}

/** The latest snapshot's figures. */
export interface SnapshotStatus {
  readonly rows: number;
  /** In memory. */
  readonly bytes: number;
  /** When its scan began, in milliseconds since 1970. */
  readonly scannedAt: number;
  readonly scanDurationMs: number;
  readonly freshness: Freshness;
}

/** @param freshness how fresh the store considers the snapshot now */
export function statusOf(
  { rowCount, byteLength, startedAt, stats }: Snapshot,
  freshness: Freshness,
): SnapshotStatus {
  return {
    rows: rowCount,
    bytes: byteLength,
    scannedAt: startedAt,
    scanDurationMs: stats.durationMs,
    freshness,
  };
}

/** The latest snapshot's figures for clients. */
export interface SnapshotGlance {
  readonly rows: number;
  /** How long ago its scan began, in milliseconds. */
  readonly ageMs: number;
  readonly freshness: Freshness;
}
