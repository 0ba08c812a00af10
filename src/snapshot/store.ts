import { type Clock, systemClock, within } from '../clock.ts';
import type { ScanProgress } from '../source/source.ts';
import { type AttributeNeeds, bothNeeds } from './attributes-builder.ts';
import type { Sharing } from './exchange/place-client.ts';
import { SharedObject } from './exchange/shared-object.ts';
import { SharedScan } from './exchange/shared-scan.ts';
import { KeptSnapshot } from './file/kept-snapshot.ts';
import { type Freshness, freshnessAt, servedForMs } from './freshness.ts';
import { ageOf, type HeldSnapshot } from './held-snapshot.ts';
import { HeldSnapshots } from './held-snapshots.ts';
import { Scan, type SnapshotRun } from './scan.ts';
import { ScanSchedule } from './scan-schedule.ts';
import { SingleFlightScan } from './single-flight-scan.ts';
import type { ColumnarSnapshot } from './snapshot.ts';
import { lend, type ReadOptions, type SnapshotRead, stillScanning, stopping } from './snapshot-read.ts';
import { ownerOf, readTheSame, type SnapshotStoreOptions, type StoreDefinition } from './store-definition.ts';
import { type SnapshotGlance, type StoreStatus, statusOf } from './store-status.ts';

/**
 * The snapshots of one foreign object: the latest is shared by all readers, and at most one scan runs at a time.
 * Freshness has the meaning of HTTP caching (RFC 9111, RFC 5861).
 */
export class SnapshotStore {
  #options: SnapshotStoreOptions;
  /** The needs of the current definition alone; scans also keep what the previous one needed. */
  #definedNeeds: AttributeNeeds;
  /** The attributes that the latest run keeps. */
  #runNeeds: AttributeNeeds;
  readonly #clock: Clock;
  readonly #scans: SingleFlightScan<HeldSnapshot>;
  /** The object as other gateways share it; undefined if scans are not shared. */
  readonly #shared: SharedObject | undefined;
  readonly #held: HeldSnapshots;
  readonly #kept: KeptSnapshot;
  readonly #schedule: ScanSchedule;
  #restored: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  readonly #closing = new AbortController();

  constructor(options: SnapshotStoreOptions) {
    this.#options = options;
    this.#definedNeeds = options.needs;
    this.#runNeeds = options.needs;
    this.#clock = options.clock ?? systemClock;
    this.#held = new HeldSnapshots(this.#clock);
    this.#kept = new KeptSnapshot(options.files, this.#clock);
    this.#scans = new SingleFlightScan({
      ...options,
      clock: this.#clock,
      newRun: ({ forced }) => this.#newRun(forced),
      ready: (signal) => this.#makeRoom(signal),
      accept: (snapshot) => this.#accept(snapshot),
    });
    this.#schedule = new ScanSchedule({
      clock: this.#clock,
      dueInMs: (everyMs) => this.#dueInMs(everyMs),
      scan: () => this.#scans.join().result,
      retryDelayMs: () => this.#scans.retryDelayMs,
    });
    this.#shared = options.sharing && this.#share(options.sharing);
  }

  /** Whether the store's snapshots also serve for another definition of the object. */
  suits({ source }: Pick<StoreDefinition, 'source'>): boolean {
    return !this.#closed && readTheSame(this.#options.source, source);
  }

  /** Whether there is a snapshot without this attribute. The next scan fetches it. */
  lacks(attribute: string | 'all'): boolean {
    const { needs } = this.#held.latest ?? { needs: 'all' as const };
    return needs !== 'all' && (attribute === 'all' || !needs.has(attribute));
  }

  /** Adopts another definition that it suits. A scan that is running ends as it began. */
  redefine(definition: StoreDefinition): void {
    const { source } = this.#options;
    // Requests that still use the previous definition must find all of its attributes.
    const needs = bothNeeds(this.#definedNeeds, definition.needs);
    this.#definedNeeds = definition.needs;
    this.#options = { ...this.#options, ...definition, needs };
    if (source === definition.source) return;
    this.#scans.forgive();
    void this.#scans.settled().then(() => source.close());
  }

  /** Resolves when a scan that starts after this call has succeeded. @throws ScanError if it fails */
  async rescan(): Promise<void> {
    await this.#scans.force().result;
  }

  /** The latest snapshot, if it is fresh enough. Waits for nothing. */
  tryRead(): SnapshotRead | undefined {
    const found = this.#closed ? undefined : this.#findLatest(false);
    return found && this.#lend(found);
  }

  /**
   * The latest snapshot if it is fresh enough, else the next one.
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
        throw stillScanning(this.#options, this.progress());
      },
    });
    return this.#lend(awaited, signal);
  }

  /**
   * Scans before the first request, unless there is a fresh snapshot, and retries after failures.
   *
   * @param everyMs the time between the starts of two scans; undefined if requests start all but the first
   */
  keepScanned(everyMs: number | undefined): void {
    if (!this.#closed) this.#schedule.start(everyMs, this.#restore());
  }

  /** Starts another scan as soon as one is allowed. */
  refresh(): void {
    if (this.#closed) return;
    // Failures are observed where they happen.
    this.#scans.force().result.catch(() => undefined);
  }

  status(): StoreStatus {
    const { server, object } = this.#options;
    const { startedAt, progress } = this.#scans;
    const { everyMs } = this.#schedule;
    const held = this.#held.latest;
    return {
      server,
      object,
      snapshot: held && statusOf(held.snapshot, this.#freshnessOf(held)),
      scan: startedAt !== undefined && progress ? { startedAt, progress } : undefined,
      nextScanAt: held && everyMs !== undefined ? held.snapshot.startedAt + everyMs : undefined,
      sharing: this.#shared?.status,
    };
  }

  /** The latest snapshot's figures, without starting a scan. Undefined before the first scan has ended. */
  glance(): SnapshotGlance | undefined {
    const held = this.#held.latest;
    return held && { rows: held.snapshot.rowCount, ageMs: held.ageMs, freshness: this.#freshnessOf(held) };
  }

  /** The progress of the running scan, if there is one. */
  progress(): ScanProgress | undefined {
    return this.#scans.progress;
  }

  /** Aborts a running scan, waits until it has ended and all files are written, and closes the source. */
  close(): Promise<void> {
    this.#closed ??= this.#shutDown();
    return this.#closed;
  }

  async #shutDown(): Promise<void> {
    this.#closing.abort(stopping());
    this.#schedule.stop();
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

  /** Failures are observed where they happen, and reported to the next reader that has to wait. */
  #revalidate(): void {
    this.#scans.join().result.catch(() => undefined);
  }

  #lend({ held, state }: Found, signal?: AbortSignal): SnapshotRead {
    return lend(held, { state, ageMs: held.ageMs, maxAgeMs: this.#options.maxAgeMs }, signal);
  }

  #dueInMs(everyMs: number | undefined): number {
    const { latest } = this.#held;
    return latest ? (everyMs ?? this.#options.maxAgeMs) - latest.ageMs : 0;
  }

  #freshnessOf(held: HeldSnapshot): Freshness {
    return freshnessAt(held.ageMs, this.#options, held.snapshot.stats);
  }

  /**
   * Waits until at most one snapshot is in memory. A snapshot that can no longer be served is dropped when its last
   * reader releases it.
   */
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
    const { observe, maxSnapshotBytes } = this.#options;
    const shared = new SharedObject({
      ...sharing,
      owner: ownerOf(this.#options),
      quota: this.#options.source.quota,
      maxSnapshotBytes,
      observe,
      clock: this.#clock,
    });
    void shared.follow((snapshot) => this.#adopt(snapshot), this.#closing.signal);
    return shared;
  }

  /** Takes over a snapshot that another gateway has published, unless there is a newer one. */
  #adopt(snapshot: ColumnarSnapshot): void {
    const { latest } = this.#held;
    if (!latest || latest.ageMs > ageOf(snapshot, this.#clock)) {
      this.#replaceWith(snapshot, this.#options.needs);
    }
  }

  /** Takes over the result of a scan, unless another gateway has published a newer one meanwhile. */
  #accept(snapshot: ColumnarSnapshot): HeldSnapshot {
    const { latest } = this.#held;
    if (latest?.snapshot === snapshot) return latest;
    if (this.#shared && latest && latest.ageMs <= ageOf(snapshot, this.#clock)) return latest;
    return this.#replaceWith(snapshot, this.#runNeeds);
  }

  #replaceWith(snapshot: ColumnarSnapshot, needs: AttributeNeeds): HeldSnapshot {
    const held = this.#held.hold(snapshot, needs);
    this.#kept.save({ ...ownerOf(this.#options), needs }, held);
    return held;
  }

  /** Loads, once, the snapshot that was kept when the gateway last ran. */
  #restore(): Promise<void> {
    this.#restored ??= this.#load();
    return this.#restored;
  }

  async #load(): Promise<void> {
    const owner = ownerOf(this.#options);
    const snapshot = await this.#kept.load(owner, this.#options);
    // Another gateway may have published one meanwhile.
    if (snapshot && !this.#held.latest) this.#held.hold(snapshot, owner.needs);
  }
}

/** A snapshot for a reader, and how it was obtained. */
interface Found {
  readonly held: HeldSnapshot;
  readonly state: SnapshotRead['state'];
}
