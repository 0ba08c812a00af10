import type { ScanProgress } from '../../source/source.ts';
import type { SnapshotStats } from '../snapshot.ts';

/**
 * Where the gateways of one catalog exchange snapshots, so that each object is scanned once. For each object it stores a lease,
 * the latest publication, and the publication's blocks. Times are milliseconds of the place's own clock, so that the gateways'
 * clocks do not matter. Every method rejects, in bounded time, if the place cannot be reached.
 */
export interface ExchangePlace {
  /** The current state of an object. */
  look(object: string): Promise<ObjectState>;
  /** Takes the lease; undefined if another gateway has it, or has published something that the claimant has not seen. */
  acquire(object: string, claim: Claim): Promise<Lease | undefined>;
  /** Renews the lease from now on; undefined if another gateway has taken it. */
  renew(object: string, lease: Lease, term: Term): Promise<Renewal | undefined>;
  /** Ends the lease. */
  release(object: string, lease: Lease): Promise<void>;
  putBlocks(object: string, blocks: readonly Block[]): Promise<void>;
  /** The blocks that exist, by hash. */
  getBlocks(object: string, hashes: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /**
   * Replaces the object's publication, ends the lease, and removes blocks that the publication does not name, atomically.
   *
   * @returns undefined if another gateway has taken the lease
   */
  publish(object: string, lease: Lease, publication: Publication): Promise<Position | undefined>;
  /** Calls the listener when something may have changed, without guarantee. Returns a function that removes the listener. */
  onNews(listener: () => void): () => void;
  close(): Promise<void>;
}

/** What a place knows of an object. */
export interface ObjectState {
  /** The time of the place's clock. */
  readonly now: number;
  /** When the last scan began; undefined if none is known. */
  readonly beganAt: number | undefined;
  /** Who is scanning, and the progress; undefined if nobody is. */
  readonly holder:
    | { readonly name: string; readonly epoch: number; readonly progress: ScanProgress | undefined }
    | undefined;
  readonly published: Published | undefined;
}

/** The latest publication. */
export interface Published {
  readonly position: Position;
  /** When its scan began. */
  readonly beganAt: number;
  readonly publication: Omit<Publication, 'beganAt'>;
}

/** Identifies a publication of an object. */
export interface Position {
  /** Changes if the place has lost its data and starts counting again. */
  readonly incarnation: string;
  readonly sequence: number;
}

/** A request for a lease. */
export interface Claim {
  readonly holder: string;
  readonly leaseMs: number;
  /** Identifies the quota that the scan's requests count against. */
  readonly quota: string;
  /** The latest publication that the claimant knows of. If there is a newer one, it does not have to scan. */
  readonly seen: Position | undefined;
  /** The shortest time since the start of the last scan. */
  readonly spacingMs: number;
}

/** The exclusive right to scan an object and to publish the snapshot. */
export interface Lease {
  readonly holder: string;
  readonly incarnation: string;
  /** Grows with every lease on the object, so that a holder of an older lease cannot publish any more. */
  readonly epoch: number;
}

/** What a place replies when a lease is renewed. */
export interface Renewal {
  /** How many running scans share the quota of this one, including itself. */
  readonly scansOfQuota: number;
}

/** For how long a lease is renewed, and how far its scan is. */
export interface Term {
  readonly leaseMs: number;
  readonly progress: ScanProgress;
}

/** A piece of a sealed snapshot. */
export interface Block {
  /** SHA-256 of its number in its file and its bytes, in hexadecimal. */
  readonly hash: string;
  readonly bytes: Uint8Array;
}

/** A snapshot that a gateway publishes for the others. */
export interface Publication {
  /** When its scan began, in whole milliseconds. */
  readonly beganAt: number;
  readonly stats: SnapshotStats;
  /** A complete snapshot, followed by deltas. */
  readonly parts: readonly Part[];
  /**
   * The delta from the previous publication, if it is not among the parts: a gateway that has the previous snapshot does not
   * have to read the complete one that replaces many deltas.
   */
  readonly step?: Part | undefined;
  /** Proves all of this to those who have the key; see `sealPublication`. */
  readonly seal: string;
}

/** The hashes of all blocks that a publication names. */
export function blocksOf({ parts, step }: Pick<Publication, 'parts' | 'step'>): readonly string[] {
  return [...parts, ...(step ? [step] : [])].flatMap(({ blocks }) => blocks);
}

/** A sealed file: the first part is a complete snapshot, all others are deltas. */
export interface Part {
  readonly byteLength: number;
  readonly blocks: readonly string[];
}
