import { isDeepStrictEqual } from 'node:util';
import { type Clock, systemClock, within } from '../clock.ts';
import { ScanError } from '../errors.ts';
import type { Observe } from '../observation.ts';
import type { ScanProgress, Source } from '../source/source.ts';
import type { AttributeNeeds } from './attributes-builder.ts';
import { SharedObject, type Sharing, type SharingStatus } from './exchange/shared-object.ts';
import { SharedScan } from './exchange/shared-scan.ts';
import type { SnapshotFiles, SnapshotOwner } from './file/snapshot-files.ts';
import { HeldSnapshot } from './held-snapshot.ts';
import { keepScanning } from './keep-scanning.ts';
import { Scan, type SnapshotRun } from './scan.ts';
import { SingleFlightScan } from './single-flight-scan.ts';
import type { ColumnarSnapshot, Snapshot } from './snapshot.ts';

export type { AttributeNeeds } from './attributes-builder.ts';

/** What a catalog says of an object, which it may say anew. */
export interface StoreDefinition {
  /** The store closes it. */
  readonly source: Source;
  readonly needs: AttributeNeeds;
  /** How long a snapshot is fresh, from when its scan began. */
  readonly maxAgeMs: number;
  /** How much longer it is served while a scan replaces it. */
  readonly staleWhileRevalidateMs: number;
}

/** Whose snapshots a store keeps, and how fresh they must be. */
export interface SnapshotStoreOptions extends StoreDefinition {
  readonly server: string;
  readonly object: string;
  /** How long a read waits for a scan. */
  readonly scanTimeoutMs: number;
  /** The least time between the beginnings of two scans that readers force. */
  readonly minRefreshMs: number;
  readonly observe: Observe;
  /** Keeps the latest snapshot from one start of the gateway to the next. */
  readonly files?: SnapshotFiles | undefined;
  /** Shares scans with other gateways. */
  readonly sharing?: Sharing | undefined;
  readonly clock?: Clock;
}

/** How a read came by its snapshot: the last two waited for a scan, begun for the read itself or for another. */
export type SnapshotState = 'fresh' | 'stale' | 'scanned' | 'joined';

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

/** What is held of an object, without a reader. */
export interface SnapshotGlance {
  readonly rows: number;
  /** How long ago its scan began. */
  readonly ageMs: number;
  readonly freshness: 'fresh' | 'stale' | 'expired';
}

/** How a reader wants its snapshot. */
export interface ReadOptions {
  /** Waits for a scan that begins after this call. */
  readonly noCache?: boolean;
  /** Ends the wait and the reading, never the scan. */
  readonly signal?: AbortSignal | undefined;
}

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
  readonly freshness: 'fresh' | 'stale' | 'expired';
}

/** How long a scan waits for the readers of the snapshot before last. */
const readersPatienceMs = 5_000;

/**
 * The snapshots of one foreign object: the latest is shared by all readers, and at most one scan runs at a time.
 * Freshness has the meaning of HTTP caching (RFC 9111, RFC 5861).
 */
export class SnapshotStore {
  #options: SnapshotStoreOptions;
  /** What the definition needs; scans keep what the one before needed, too. */
  #definedNeeds: AttributeNeeds;
  /** What the latest run keeps. */
  #runNeeds: AttributeNeeds;
  readonly #clock: Clock;
  readonly #scans: SingleFlightScan<HeldSnapshot>;
  /** What this gateway has in common with others; undefined where it shares nothing. */
  readonly #shared: SharedObject | undefined;
  #latest: HeldSnapshot | undefined;
  /** Snapshots that have been replaced and are still read. */
  readonly #replaced = new Set<HeldSnapshot>();
  #restored: Promise<void> | undefined;
  /** Settles when every snapshot so far has been written. */
  #saved: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;
  readonly #closing = new AbortController();
  /** How long after the beginning of one scan the next begins on its own. */
  #everyMs: number | undefined;
  /** Ends what begins scans on its own. */
  #keeping: AbortController | undefined;

  constructor(options: SnapshotStoreOptions) {
    this.#options = options;
    this.#definedNeeds = options.needs;
    this.#runNeeds = options.needs;
    this.#clock = options.clock ?? systemClock;
    this.#scans = new SingleFlightScan({
      ...options,
      clock: this.#clock,
      newRun: ({ forced }) => this.#newRun(forced),
      ready: (signal) => this.#makeRoom(signal),
      accept: (snapshot) => this.#replaceWith(snapshot, this.#runNeeds),
    });
    this.#shared = options.sharing && this.#share(options.sharing);
  }

  /**
   * Whether what is held, and what is scanned from now on, is what another definition of the object asks for: it
   * must be read from the same place and have the same fields.
   */
  suits({ source }: Pick<StoreDefinition, 'source'>): boolean {
    const { source: own } = this.#options;
    return !this.#closed && own.origin === source.origin && isDeepStrictEqual(own.fields, source.fields);
  }

  /** Whether rows are held, but not this attribute of them; only the next scan will bring it. */
  lacks(attribute: string | 'all'): boolean {
    const { needs } = this.#latest ?? { needs: 'all' as const };
    return needs !== 'all' && (attribute === 'all' || !needs.has(attribute));
  }

  /** Goes on under another definition that it suits. A scan that runs ends as it began. */
  redefine(definition: StoreDefinition): void {
    const { source } = this.#options;
    // Whoever still asks under the definition before finds all that it had.
    const needs = bothNeeds(this.#definedNeeds, definition.needs);
    this.#definedNeeds = definition.needs;
    this.#options = { ...this.#options, ...definition, needs };
    if (source === definition.source) return;
    this.#scans.forgive();
    void this.#scans.settled().then(() => source.close());
  }

  /** Resolves when another scan has succeeded that has yet to begin. @throws ScanError where it fails */
  async rescan(): Promise<void> {
    await this.#scans.force().result;
  }

  /** The latest snapshot where it is fresh enough, without waiting for another; undefined where it is not. */
  tryRead(signal?: AbortSignal): SnapshotRead | undefined {
    const found = this.#closed ? undefined : this.#findLatest(false);
    return found && this.#lend(found, signal);
  }

  /**
   * The latest snapshot where it is fresh enough, else the next one.
   *
   * @throws ScanError when the scan failed, or is still in progress after the scan timeout
   */
  async read({ noCache = false, signal }: ReadOptions = {}): Promise<SnapshotRead> {
    signal?.throwIfAborted();
    if (this.#closed) throw stopping();
    const found = this.#findLatest(noCache);
    if (found) return this.#lend(found, signal);
    const awaited = await within(this.#awaitNext(noCache), {
      clock: this.#clock,
      ms: this.#options.scanTimeoutMs,
      signal,
      onLate: () => {
        throw this.#inProgress();
      },
    });
    return this.#lend(awaited, signal);
  }

  /**
   * Scans before anybody asks, where no snapshot is fresh, and tries again after failures.
   *
   * @param everyMs how long after the beginning of one scan the next begins; undefined where requests begin the others
   */
  keepScanned(everyMs: number | undefined): void {
    if (this.#closed || (this.#keeping && this.#everyMs === everyMs)) return;
    this.#everyMs = everyMs;
    this.#keeping?.abort();
    const keeping = new AbortController();
    this.#keeping = keeping;
    void this.#restore().then(() =>
      keepScanning({
        clock: this.#clock,
        signal: keeping.signal,
        everyMs,
        dueInMs: () => (this.#latest ? (everyMs ?? this.#options.maxAgeMs) - this.#ageOf(this.#latest) : 0),
        scan: () => this.#scans.join().result,
        retryDelayMs: () => this.#scans.retryDelayMs,
      }),
    );
  }

  /** Has the object scanned anew, as soon as that may be. */
  refresh(): void {
    if (this.#closed) return;
    // A failure is observed.
    this.#scans.force().result.catch(() => undefined);
  }

  status(): StoreStatus {
    const { server, object } = this.#options;
    const { startedAt, progress } = this.#scans;
    const held = this.#latest;
    return {
      server,
      object,
      snapshot: held && {
        rows: held.snapshot.rowCount,
        bytes: held.snapshot.byteLength,
        scannedAt: held.snapshot.startedAt,
        scanDurationMs: held.snapshot.stats.durationMs,
        freshness: this.#freshnessOf(held),
      },
      scan: startedAt !== undefined && progress ? { startedAt, progress } : undefined,
      nextScanAt: held && this.#everyMs !== undefined ? held.snapshot.startedAt + this.#everyMs : undefined,
      sharing: this.#shared?.status,
    };
  }

  /** What is held now, for those who only look: it begins no scan. Undefined before the first has ended. */
  glance(): SnapshotGlance | undefined {
    const held = this.#latest;
    return (
      held && { rows: held.snapshot.rowCount, ageMs: this.#ageOf(held), freshness: this.#freshnessOf(held) }
    );
  }

  /** What the running scan has done so far; undefined where none runs. */
  progress(): ScanProgress | undefined {
    return this.#scans.progress;
  }

  /** Aborts a running scan, waits for its end and for what is being written, and closes the source. */
  close(): Promise<void> {
    this.#closed ??= this.#shutDown();
    return this.#closed;
  }

  async #shutDown(): Promise<void> {
    this.#closing.abort(stopping());
    this.#keeping?.abort();
    await this.#scans.close(stopping());
    await this.#restored;
    await this.#saved;
    this.#latest = undefined;
    this.#options.source.close();
  }

  #findLatest(noCache: boolean): Found | undefined {
    const held = noCache ? undefined : this.#latest;
    const freshness = held ? this.#freshnessOf(held) : 'expired';
    if (!held || freshness === 'expired') return undefined;
    if (freshness === 'stale') this.#revalidate();
    return { held, state: freshness };
  }

  async #awaitNext(noCache: boolean): Promise<Found> {
    await this.#restore();
    const restored = this.#findLatest(noCache);
    if (restored) return restored;
    const { joined, result } = noCache ? this.#scans.force() : this.#scans.join();
    return { held: await result, state: joined ? 'joined' : 'scanned' };
  }

  /** A failure is observed, and the next who has to wait gets it. */
  #revalidate(): void {
    this.#scans.join().result.catch(() => undefined);
  }

  /** Whoever is gone when the snapshot arrives gets none, and whoever goes later holds it no longer. */
  #lend({ held, state }: Found, signal?: AbortSignal): SnapshotRead {
    signal?.throwIfAborted();
    const letGo = held.hold();
    const release = () => {
      signal?.removeEventListener('abort', release);
      letGo();
    };
    signal?.addEventListener('abort', release, { once: true });
    return {
      snapshot: held.snapshot,
      state,
      ageMs: this.#ageOf(held),
      maxAgeMs: this.#options.maxAgeMs,
      release,
    };
  }

  #freshnessOf(held: HeldSnapshot): 'fresh' | 'stale' | 'expired' {
    const age = this.#ageOf(held);
    if (age < this.#options.maxAgeMs) return 'fresh';
    return age < this.#servedFor(held.snapshot) ? 'stale' : 'expired';
  }

  /**
   * How old a snapshot may be served. Ages count from the beginning of a scan, and one that took longer than a
   * snapshot is served would leave nothing to anybody: so where stale ones are served at all, it is at least as long
   * as it takes to replace this one, with time to spare.
   */
  #servedFor({ stats }: Pick<ColumnarSnapshot, 'stats'>): number {
    const { maxAgeMs, staleWhileRevalidateMs } = this.#options;
    if (staleWhileRevalidateMs === 0) return maxAgeMs;
    return Math.max(maxAgeMs + staleWhileRevalidateMs, 3 * stats.durationMs);
  }

  /** Never negative, even where the machine's clock was set back. */
  #ageOf({ snapshot }: HeldSnapshot): number {
    return Math.max(0, this.#clock.now() - snapshot.startedAt);
  }

  /** Leaves one snapshot in memory at most. One that can no longer be served goes with its last reader. */
  async #makeRoom(signal: AbortSignal): Promise<void> {
    const replaced = [...this.#replaced];
    if (this.#latest && this.#freshnessOf(this.#latest) === 'expired') this.#retire(this.#latest);
    if (replaced.length === 0) return;
    await within(Promise.all(replaced.map((held) => held.whenUnused())), {
      clock: this.#clock,
      ms: readersPatienceMs,
      signal,
      onLate: () => [],
    });
  }

  #newRun(forced: boolean): SnapshotRun {
    this.#runNeeds = this.#options.needs;
    const newScan = (rateShare?: () => number) =>
      new Scan({ ...this.#options, clock: this.#clock, ...(rateShare && { rateShare }) });
    if (!this.#shared) return newScan();
    return new SharedScan({
      shared: this.#shared,
      newScan,
      clock: this.#clock,
      forced,
      minRefreshMs: this.#options.minRefreshMs,
      wantedAgeMs: (snapshot) => (this.#canServe() ? this.#options.maxAgeMs : this.#servedFor(snapshot)),
      canWait: () => this.#canServe(),
    });
  }

  #canServe(): boolean {
    return this.#latest !== undefined && this.#freshnessOf(this.#latest) !== 'expired';
  }

  #share(sharing: Sharing): SharedObject {
    const { observe } = this.#options;
    const shared = new SharedObject({
      ...sharing,
      owner: this.#owner(),
      quota: this.#options.source.quota,
      observe,
      clock: this.#clock,
    });
    void shared.follow((snapshot) => this.#adopt(snapshot), this.#closing.signal);
    return shared;
  }

  /** Serves what another gateway has scanned, unless something newer is here. */
  #adopt(snapshot: ColumnarSnapshot): void {
    if (!this.#latest || this.#latest.snapshot.startedAt < snapshot.startedAt) {
      this.#replaceWith(snapshot, this.#options.needs);
    }
  }

  #replaceWith(snapshot: ColumnarSnapshot, needs: AttributeNeeds): HeldSnapshot {
    if (this.#latest?.snapshot === snapshot) return this.#latest;
    if (this.#latest) this.#retire(this.#latest);
    const held = new HeldSnapshot(snapshot, needs);
    this.#latest = held;
    this.#save(held);
    return held;
  }

  #retire(held: HeldSnapshot): void {
    this.#latest = undefined;
    this.#replaced.add(held);
    void held.whenUnused().then(() => this.#replaced.delete(held));
  }

  /** Brings back, once, the snapshot that was kept when the gateway last ran. */
  #restore(): Promise<void> {
    this.#restored ??= this.#load();
    return this.#restored;
  }

  async #load(): Promise<void> {
    const owner = this.#owner();
    const snapshot = await this.#options.files?.load(owner, (kept) => this.#whyUnusable(kept));
    // Another gateway's may have come meanwhile.
    if (snapshot && !this.#latest) this.#latest = new HeldSnapshot(snapshot, owner.needs);
  }

  /** A kept snapshot is of use as long as this process would serve it, had it scanned it itself. */
  #whyUnusable(snapshot: ColumnarSnapshot): string | undefined {
    const age = this.#clock.now() - snapshot.startedAt;
    if (age < 0) return 'is from the future';
    return age < this.#servedFor(snapshot) ? undefined : 'is too old';
  }

  /** The files of one object are written one after the other; a snapshot that is being written counts as read. */
  #save(held: HeldSnapshot): void {
    const { files } = this.#options;
    if (!files) return;
    const release = held.hold();
    const owner = { ...this.#owner(), needs: held.needs };
    this.#saved = this.#saved.then(() => files.save(owner, held.snapshot)).then(release);
  }

  #owner(): SnapshotOwner {
    const { server, object, source, needs } = this.#options;
    return { server, object, origin: source.origin, fields: source.fields, needs };
  }

  #inProgress(): ScanError {
    const { object, server, scanTimeoutMs } = this.#options;
    return new ScanError(
      'SCAN_IN_PROGRESS',
      `the scan of ${object} on server ${server} is still in progress after ${scanTimeoutMs} ms (--scan-timeout)`,
      { progress: this.progress() },
    );
  }
}

/** A snapshot for a reader, and how it was come by. */
interface Found {
  readonly held: HeldSnapshot;
  readonly state: SnapshotState;
}

function bothNeeds(a: AttributeNeeds, b: AttributeNeeds): AttributeNeeds {
  return a === 'all' || b === 'all' ? 'all' : new Set([...a, ...b]);
}

function stopping(): ScanError {
  return new ScanError('SCAN_UNAVAILABLE', 'the gateway is stopping');
}
