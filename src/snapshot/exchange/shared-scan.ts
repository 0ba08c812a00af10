import { type Clock, within } from '../../clock.ts';
import type { ScanProgress } from '../../source/source.ts';
import { UnusableFile } from '../file/unusable-file.ts';
import { noProgress, type Scan, type SnapshotRun } from '../scan.ts';
import type { ColumnarSnapshot } from '../snapshot.ts';
import { LeaseLostError } from './lease-keeper.ts';
import type { Lease, ObjectState } from './place.ts';
import type { Scanned } from './publisher.ts';
import type { SharedObject } from './shared-object.ts';

/** The share of the rate for a gateway that cannot know whether others are scanning, too: four of them stay within the rate. */
const shareAlone = 0.25;

/** How long a scan's result waits for its publication, without which it can be served, too. */
const publishPatienceMs = 2_000;

/** What a run depends on. */
export interface SharedScanOptions {
  readonly shared: SharedObject;
  /** Creates a scan by this gateway. */
  readonly newScan: (rateShare: () => number) => Scan;
  readonly clock: Clock;
  /** Whether only a snapshot whose scan began after this run is good enough. */
  readonly forced: boolean;
  /** The shortest time since the last scan, for a forced run. */
  readonly minRefreshMs: number;
  /** The age up to which another gateway's snapshot is taken. */
  readonly wantedAgeMs: (snapshot: Pick<ColumnarSnapshot, 'stats'>) => number;
  /** Whether this gateway still has a snapshot to serve. */
  readonly canWait: () => boolean;
}

/**
 * Obtains a snapshot together with all other gateways: takes one that another has published, waits for the one that is
 * scanning, or scans and publishes. If the place cannot be reached, it scans alone as soon as it has to.
 */
export class SharedScan implements SnapshotRun {
  readonly #options: SharedScanOptions;
  #startedAt: number | undefined;
  #scan: Scan | undefined;
  #progress: ScanProgress = noProgress;
  /** When this run began, by the place's clock. */
  #beganAt: number | undefined;
  /** The gateway's latest shared snapshot when this run began. */
  readonly #had: SharedObject['latest'];
  #failedLoads = 0;

  constructor(options: SharedScanOptions) {
    this.#options = options;
    this.#had = options.shared.latest;
  }

  get startedAt(): number | undefined {
    return this.#startedAt;
  }

  get progress(): ScanProgress {
    return this.#scan?.progress ?? this.#progress;
  }

  async run(signal: AbortSignal): Promise<ColumnarSnapshot> {
    const { shared, clock } = this.#options;
    this.#startedAt = clock.now();
    const ended = new AbortController();
    const news = shared.client.listen(AbortSignal.any([signal, ended.signal]));
    try {
      for (;;) {
        const snapshot = await this.#attempt(signal);
        if (snapshot) return snapshot;
        await news.next();
      }
    } finally {
      ended.abort();
    }
  }

  /** Undefined if there is nothing to do but wait. */
  async #attempt(signal: AbortSignal): Promise<ColumnarSnapshot | undefined> {
    const { shared, forced, minRefreshMs } = this.#options;
    let turn: { readonly lease: Lease | undefined; readonly state: ObjectState } | undefined;
    try {
      const state = await shared.client.look();
      this.#beganAt ??= state.now;
      const taken = await this.#take(state);
      if (taken) return taken;
      this.#progress = state.holder?.progress ?? noProgress;
      // A gateway that cannot publish must not take the lease, because the others would wait in vain.
      if (shared.canPublish) {
        const lease = await shared.client.acquire(state.published?.position, forced ? minRefreshMs : 0);
        turn = { lease, state };
      }
    } catch {
      signal.throwIfAborted();
    }
    if (!turn) return this.#scanAloneIfNeeded(signal);
    return turn.lease && this.#scanAndPublish(turn.lease, turn.state, signal);
  }

  /** The published snapshot, if it is good enough. */
  async #take(state: ObjectState): Promise<ColumnarSnapshot | undefined> {
    const { shared, forced, wantedAgeMs } = this.#options;
    const { published, now } = state;
    if (!published || !shared.isNews(state, this.#had)) return undefined;
    const isOfThisRun = published.beganAt > (this.#beganAt ?? now);
    const ageMs = now - published.beganAt;
    if (!isOfThisRun && (forced || ageMs >= wantedAgeMs(published.publication))) return undefined;
    try {
      return await shared.load(published, now);
    } catch (error) {
      if (!(error instanceof UnusableFile)) throw error;
      // It may have been replaced while it was read, but hardly more than twice.
      this.#failedLoads += 1;
      if (this.#failedLoads > 2) shared.reject(published.position, error.message);
      return undefined;
    }
  }

  async #scanAndPublish(
    lease: Lease,
    state: ObjectState,
    signal: AbortSignal,
  ): Promise<ColumnarSnapshot | undefined> {
    const { shared, clock } = this.#options;
    const end = new AbortController();
    const ended = AbortSignal.any([signal, end.signal]);
    const scan = this.#newScan(() => 1 / holding.scansOfQuota);
    const holding = {
      lease,
      seen: state.published?.position,
      scansOfQuota: 1,
      progress: () => scan.progress,
      lost: () => end.abort(new LeaseLostError()),
    };
    shared.client.keep(holding, ended).catch(() => undefined);
    let publishing: Promise<void> | undefined;
    try {
      const scanned = await this.#run(scan, ended);
      publishing = this.#publish(scanned, holding, state, () => end.abort());
      await within(publishing, { clock, ms: publishPatienceMs, signal, onLate: () => undefined });
      return scanned.snapshot;
    } catch (error) {
      signal.throwIfAborted();
      // The gateway that has the lease now publishes something newer.
      if (error instanceof LeaseLostError) return undefined;
      await shared.client.release(holding.lease);
      throw error;
    } finally {
      if (publishing) publishing.catch(() => undefined);
      else end.abort();
      this.#scan = undefined;
    }
  }

  /**
   * If the place has lost the lease meanwhile, publishes under another one.
   *
   * @param end stops renewing the lease
   */
  async #publish(
    scanned: Scanned,
    holding: { lease: Lease },
    { published }: ObjectState,
    end: () => void,
  ): Promise<void> {
    const { shared } = this.#options;
    try {
      await shared.publish(scanned, { lease: holding.lease, published });
      end();
      // If nothing could be published, the others should not have to wait for the lease to expire.
      if (!shared.canPublish) await shared.client.release(holding.lease);
    } catch (error) {
      end();
      if (!(error instanceof LeaseLostError)) throw error;
      await shared.publish(scanned);
    }
  }

  /** Scans without a lease, but only if there is nothing left to serve, or the scan is forced. */
  async #scanAloneIfNeeded(signal: AbortSignal): Promise<ColumnarSnapshot | undefined> {
    const { shared, forced, canWait } = this.#options;
    if (canWait() && !forced) return undefined;
    try {
      const scanned = await this.#run(
        this.#newScan(() => shareAlone),
        signal,
      );
      // Nobody waits for the publication, because the place did not answer.
      shared.publish(scanned).catch(() => undefined);
      return scanned.snapshot;
    } finally {
      this.#scan = undefined;
    }
  }

  async #run(scan: Scan, signal: AbortSignal): Promise<Scanned> {
    const { clock } = this.#options;
    const began = clock.monotonic();
    const snapshot = await scan.run(signal);
    return { snapshot, ageMs: () => clock.monotonic() - began };
  }

  #newScan(rateShare: () => number): Scan {
    this.#scan = this.#options.newScan(rateShare);
    return this.#scan;
  }
}
