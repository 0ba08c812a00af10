import { type Clock, within } from '../../clock.ts';
import type { ScanProgress } from '../../source/source.ts';
import { UnusableFile } from '../file/unusable-file.ts';
import { noProgress, type Scan, type SnapshotRun } from '../scan.ts';
import type { ColumnarSnapshot } from '../snapshot.ts';
import { LeaseLostError } from './lease-keeper.ts';
import type { Lease, ObjectState } from './place.ts';
import type { Scanned } from './publisher.ts';
import type { SharedObject } from './shared-object.ts';

/** The share of the rate for a gateway that scans without knowing of the others: four of them keep within it. */
const shareAlone = 0.25;

/** How long those who wait for a scan wait for its publication, too: it can be served without. */
const publishPatienceMs = 2_000;

/** What a run depends on. */
export interface SharedScanOptions {
  readonly shared: SharedObject;
  /** A scan of this gateway's own. */
  readonly newScan: (rateShare: () => number) => Scan;
  readonly clock: Clock;
  /** Whether a snapshot will not do whose scan began before this run. */
  readonly forced: boolean;
  /** The least time since the last scan where it is forced. */
  readonly minRefreshMs: number;
  /** How old a snapshot may be to be taken from another gateway. */
  readonly wantedAgeMs: (snapshot: Pick<ColumnarSnapshot, 'stats'>) => number;
  /** Whether this gateway still has a snapshot to serve. */
  readonly canWait: () => boolean;
}

/**
 * Comes to a snapshot together with all other gateways: takes what one of them has published, waits for the one that
 * scans, or scans and publishes itself. Where they cannot be reached, it scans alone as soon as it has to.
 */
export class SharedScan implements SnapshotRun {
  readonly #options: SharedScanOptions;
  #startedAt: number | undefined;
  #scan: Scan | undefined;
  #progress: ScanProgress = noProgress;
  /** When this run began, by the place's clock. */
  #beganAt: number | undefined;
  /** What the gateway had when this run began. */
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

  /** Undefined where there is nothing to do but to wait. */
  async #attempt(signal: AbortSignal): Promise<ColumnarSnapshot | undefined> {
    const { shared, forced, minRefreshMs } = this.#options;
    let turn: { readonly lease: Lease | undefined; readonly state: ObjectState } | undefined;
    try {
      const state = await shared.client.look();
      this.#beganAt ??= state.now;
      const taken = await this.#take(state);
      if (taken) return taken;
      this.#progress = state.holder?.progress ?? noProgress;
      // Others would wait in vain for a lease under which nothing can be published.
      if (shared.canPublish) {
        const lease = await shared.client.acquire(state.published?.position, forced ? minRefreshMs : 0);
        turn = { lease, state };
      }
    } catch {
      signal.throwIfAborted();
    }
    if (!turn) return this.#scanAloneWhereNeeded(signal);
    return turn.lease && this.#scanAndPublish(turn.lease, turn.state, signal);
  }

  /** What is published, where that will do. */
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
      // Another may have been published while this one was read; but not again and again.
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
      // Whoever has the lease now publishes something newer.
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
   * A place that has forgotten the lease meanwhile is asked for another.
   *
   * @param end ends the keeping of the lease
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
      // Others need not wait for a lease to expire under which nothing could be published.
      if (!shared.canPublish) await shared.client.release(holding.lease);
    } catch (error) {
      end();
      if (!(error instanceof LeaseLostError)) throw error;
      await shared.publish(scanned);
    }
  }

  /** Scans without a lease, but only if there is nothing left to serve or a request insists. */
  async #scanAloneWhereNeeded(signal: AbortSignal): Promise<ColumnarSnapshot | undefined> {
    const { shared, forced, canWait } = this.#options;
    if (canWait() && !forced) return undefined;
    try {
      const scanned = await this.#run(
        this.#newScan(() => shareAlone),
        signal,
      );
      // The place did not answer, so nobody waits for it. What others have published meanwhile is loaded next.
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
