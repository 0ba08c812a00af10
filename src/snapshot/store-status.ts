import type { ScanProgress } from '../source/source.ts';
import type { SharingStatus } from './exchange/sharing-status.ts';
import type { Freshness } from './freshness.ts';

/** What a store holds and does, for those who run the gateway. */
export interface StoreStatus {
  readonly server: string;
  readonly object: string;
  /** Undefined where there is none yet. */
  readonly snapshot: SnapshotStatus | undefined;
  /** The scan that runs; undefined where none does. */
  readonly scan: { readonly startedAt: number; readonly progress: ScanProgress } | undefined;
  /** When the next scan begins on its own, in milliseconds since 1970; undefined where only requests begin one. */
  readonly nextScanAt: number | undefined;
  /** Undefined where scans are not shared. */
  readonly sharing: SharingStatus | undefined;
}

/** A snapshot at hand. */
export interface SnapshotStatus {
  readonly rows: number;
  /** In memory. */
  readonly bytes: number;
  /** When its scan began, in milliseconds since 1970. */
  readonly scannedAt: number;
  readonly scanDurationMs: number;
  readonly freshness: Freshness;
}

/** What is held of an object, without a reader. */
export interface SnapshotGlance {
  readonly rows: number;
  /** How long ago its scan began. */
  readonly ageMs: number;
  readonly freshness: Freshness;
}
