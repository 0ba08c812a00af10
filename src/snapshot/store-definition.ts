import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';
import type { Observe } from '../observation.ts';
import type { Source } from '../source/source.ts';
import type { AttributeNeeds } from './attributes-builder.ts';
import type { Sharing } from './exchange/place-client.ts';
import type { SnapshotFiles, SnapshotOwner } from './file/snapshot-files.ts';
import type { FreshnessWindow } from './freshness.ts';

/** The part of a store's options that comes from the catalog, and may change when the catalog is reloaded. */
export interface StoreDefinition extends FreshnessWindow {
  /** The store closes it. */
  readonly source: Source;
  readonly needs: AttributeNeeds;
}

/** Which object a store keeps snapshots of, and how fresh they must be. */
export interface SnapshotStoreOptions extends StoreDefinition {
  readonly server: string;
  readonly object: string;
  /** How long a read waits for a scan. */
  readonly scanTimeoutMs: number;
  /** The shortest time between the starts of two scans that readers force. */
  readonly minRefreshMs: number;
  /** The size of the largest snapshot in bytes; unlimited by default. */
  readonly maxSnapshotBytes?: number | undefined;
  readonly observe: Observe;
  /** Keeps the latest snapshot across restarts of the gateway. */
  readonly files?: SnapshotFiles | undefined;
  /** Shares scans with other gateways. */
  readonly sharing?: Sharing | undefined;
  readonly clock?: Clock;
}

/** Whether both sources read the same place and the same fields, so that a snapshot of one serves for the other. */
export function readTheSame(a: Source, b: Source): boolean {
  return a.origin === b.origin && isDeepStrictEqual(a.fields, b.fields);
}

/** Whose snapshots a store with these options keeps. */
export function ownerOf({ server, object, source, needs }: SnapshotStoreOptions): SnapshotOwner {
  return { server, object, origin: source.origin, fields: source.fields, needs };
}
