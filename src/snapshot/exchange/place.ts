import type { ScanProgress } from '../../source/source.ts';
import type { SnapshotStats } from '../snapshot.ts';

/**
 * Where the gateways of one catalog meet to scan each object once: it holds a lease on each object, what was
 * published of it, and the blocks that this consists of. Times are of the place's own clock, in milliseconds from
 * some fixed point, so that no gateway's clock matters. Every method rejects where the place cannot be reached, and
 * does so in bounded time.
 */
export interface ExchangePlace {
  /** What is known of an object now. */
  look(object: string): Promise<ObjectState>;
  /** Takes the lease; undefined where another gateway has it, or has published since the claim was made. */
  acquire(object: string, claim: Claim): Promise<Lease | undefined>;
  /** Prolongs the lease from now on; undefined where it is another's. */
  renew(object: string, lease: Lease, term: Term): Promise<Renewal | undefined>;
  /** Gives the lease back. */
  release(object: string, lease: Lease): Promise<void>;
  putBlocks(object: string, blocks: readonly Block[]): Promise<void>;
  /** Those of the blocks that are there, by hash. */
  getBlocks(object: string, hashes: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /**
   * Makes a publication the object's and gives the lease back, in one step; blocks that it does not name are removed.
   *
   * @returns undefined where the lease is another's by now
   */
  publish(object: string, lease: Lease, publication: Publication): Promise<Position | undefined>;
  /** Calls the listener when something may have changed; nobody relies on it. Returns what ends that. */
  onNews(listener: () => void): () => void;
  close(): Promise<void>;
}

export interface ObjectState {
  /** The place's time. */
  readonly now: number;
  /** When the last scan began; undefined where none is known. */
  readonly beganAt: number | undefined;
  /** Who scans, and how far they are; undefined where nobody does. */
  readonly holder:
    | { readonly name: string; readonly epoch: number; readonly progress: ScanProgress | undefined }
    | undefined;
  readonly published: Published | undefined;
}

/** What was published last. */
export interface Published {
  readonly position: Position;
  /** When its scan began. */
  readonly beganAt: number;
  readonly publication: Omit<Publication, 'ageMs'>;
}

/** Which publication of an object it is. */
export interface Position {
  /** Changes where the place has forgotten everything, and counts from the beginning. */
  readonly incarnation: string;
  readonly sequence: number;
}

/** A request for a lease. */
export interface Claim {
  readonly holder: string;
  readonly leaseMs: number;
  /** What the scan's requests are counted with. */
  readonly quota: string;
  /** What the claimant knows to be published; with anything newer there is nothing to scan. */
  readonly seen: Position | undefined;
  /** The least time since the last scan began. */
  readonly spacingMs: number;
}

export interface Lease {
  readonly holder: string;
  readonly incarnation: string;
  /** Grows with every lease on the object, and fences its holder: what an older one publishes is refused. */
  readonly epoch: number;
}

export interface Renewal {
  /** How many scans run now whose requests are counted with this one's, itself included. */
  readonly scansOfQuota: number;
}

export interface Term {
  readonly leaseMs: number;
  readonly progress: ScanProgress;
}

/** A piece of a sealed snapshot. */
export interface Block {
  /** SHA-256 of the bytes, in hexadecimal. */
  readonly hash: string;
  readonly bytes: Uint8Array;
}

export interface Publication {
  /** How long ago its scan began. */
  readonly ageMs: number;
  readonly stats: SnapshotStats;
  /** A whole snapshot, and what makes the next ones of it. */
  readonly parts: readonly Part[];
  /**
   * What makes it of the publication just before it, where that is no part: whoever has that need not read a whole
   * snapshot that takes the place of many deltas.
   */
  readonly step?: Part | undefined;
}

/** The hashes of all blocks that a publication names. */
export function blocksOf({ parts, step }: Pick<Publication, 'parts' | 'step'>): readonly string[] {
  return [...parts, ...(step ? [step] : [])].flatMap(({ blocks }) => blocks);
}

/** A sealed file: the first part is a whole snapshot, all others are deltas. */
export interface Part {
  readonly byteLength: number;
  readonly blocks: readonly string[];
}
