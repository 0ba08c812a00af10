import { isDeepStrictEqual } from 'node:util';
import { type Clock, systemClock, within } from '../clock.ts';
import { ScanError } from '../errors.ts';
import type { Observe } from '../observation.ts';
import type { ScanProgress, Source } from '../source/source.ts';
import type { AttributeNeeds } from './attributes-builder.ts';
import type { Sharing } from './exchange/place-client.ts';
import { SharedObject } from './exchange/shared-object.ts';
import { SharedScan } from './exchange/shared-scan.ts';
import { KeptSnapshot } from './file/kept-snapshot.ts';
import type { SnapshotFiles, SnapshotOwner } from './file/snapshot-files.ts';
import { type Freshness, type FreshnessWindow, freshnessAt, servedForMs } from './freshness.ts';
import { ageOf, type HeldSnapshot } from './held-snapshot.ts';
import { HeldSnapshots } from './held-snapshots.ts';
import { keepScanning } from './keep-scanning.ts';
import { Scan, type SnapshotRun } from './scan.ts';
import { SingleFlightScan } from './single-flight-scan.ts';
import type { ColumnarSnapshot } from './snapshot.ts';
import { lend, type ReadOptions, type SnapshotRead } from './snapshot-read.ts';
import type { SnapshotGlance, StoreStatus } from './store-status.ts';

export type { AttributeNeeds } from './attributes-builder.ts';
export type { ReadOptions, SnapshotRead } from './snapshot-read.ts';

/** What a catalog says of an object, which it may say anew. */
export interface StoreDefinition extends FreshnessWindow {
  /** The store closes it. */
  readonly source: Source;
  readonly needs: AttributeNeeds;
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
  readonly #held: HeldSnapshots;
  readonly #kept: KeptSnapshot;
  #restored: Promise<void> | undefined;
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
    this.#held = new HeldSnapshots(this.#clock);
    this.#kept = new KeptSnapshot(options.files);
    this.#scans = new SingleFlightScan({
      ...options,
      clock: this.#clock,
      newRun: ({ forced }) => this.#newRun(forced),
      ready: (signal) => this.#makeRoom(signal),
      accept: (snapshot) => this.#accept(snapshot),
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
    const { needs } = this.#held.latest ?? { needs: 'all' as const };
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
  tryRead(): SnapshotRead | undefined {
    const found = this.#closed ? undefined : this.#findLatest(false);
    return found && this.#lend(found);
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
        dueInMs: () =>
          this.#held.latest ? (everyMs ?? this.#options.maxAgeMs) - this.#held.latest.ageMs : 0,
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
    const held = this.#held.latest;
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
    const held = this.#held.latest;
    return held && { rows: held.snapshot.rowCount, ageMs: held.ageMs, freshness: this.#freshnessOf(held) };
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
    await this.#kept.settled();
    this.#held.retireLatest();
    this.#options.source.close();
  }

  #findLatest(noCache: boolean): Found | undefined {
    const held = noCache ? undefined : this.#held.latest;
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

  #lend({ held, state }: Found, signal?: AbortSignal): SnapshotRead {
    return lend(held, { state, ageMs: held.ageMs, maxAgeMs: this.#options.maxAgeMs }, signal);
  }

  #freshnessOf(held: HeldSnapshot): Freshness {
    return freshnessAt(held.ageMs, this.#options, held.snapshot.stats);
  }

  /** Leaves one snapshot in memory at most. One that can no longer be served goes with its last reader. */
  async #makeRoom(signal: AbortSignal): Promise<void> {
    const replaced = this.#held.replacedUnread(signal);
    if (!this.#canServe()) this.#held.retireLatest();
    await replaced;
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
      wantedAgeMs: (snapshot) =>
        this.#canServe() ? this.#options.maxAgeMs : servedForMs(this.#options, snapshot.stats),
      canWait: () => this.#canServe(),
    });
  }

  #canServe(): boolean {
    const { latest } = this.#held;
    return latest !== undefined && this.#freshnessOf(latest) !== 'expired';
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
    const { latest } = this.#held;
    if (!latest || latest.ageMs > ageOf(snapshot, this.#clock)) {
      this.#replaceWith(snapshot, this.#options.needs);
    }
  }

  /** Serves what was scanned, unless something newer of another gateway has come meanwhile. */
  #accept(snapshot: ColumnarSnapshot): HeldSnapshot {
    const { latest } = this.#held;
    if (latest?.snapshot === snapshot) return latest;
    if (this.#shared && latest && latest.ageMs <= ageOf(snapshot, this.#clock)) return latest;
    return this.#replaceWith(snapshot, this.#runNeeds);
  }

  #replaceWith(snapshot: ColumnarSnapshot, needs: AttributeNeeds): HeldSnapshot {
    const held = this.#held.hold(snapshot, needs);
    this.#kept.save({ ...this.#owner(), needs }, held);
    return held;
  }

  /** Brings back, once, the snapshot that was kept when the gateway last ran. */
  #restore(): Promise<void> {
    this.#restored ??= this.#load();
    return this.#restored;
  }

  async #load(): Promise<void> {
    const owner = this.#owner();
    const snapshot = await this.#kept.load(owner, (kept) => this.#whyUnusable(kept));
    // Another gateway's may have come meanwhile.
    if (snapshot && !this.#held.latest) this.#held.hold(snapshot, owner.needs);
  }

  /** A kept snapshot is of use as long as this process would serve it, had it scanned it itself. */
  #whyUnusable(snapshot: ColumnarSnapshot): string | undefined {
    const age = this.#clock.now() - snapshot.startedAt;
    if (age < 0) return 'is from the future';
    return age < servedForMs(this.#options, snapshot.stats) ? undefined : 'is too old';
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
  readonly state: SnapshotRead['state'];
}

function bothNeeds(a: AttributeNeeds, b: AttributeNeeds): AttributeNeeds {
  return a === 'all' || b === 'all' ? 'all' : new Set([...a, ...b]);
}

function stopping(): ScanError {
  return new ScanError('SCAN_UNAVAILABLE', 'the gateway is stopping');
}
