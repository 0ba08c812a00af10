import type { Clock } from '../../clock.ts';
import type { ScanProgress } from '../../source/source.ts';
import { UnusableFile } from '../file/unusable-file.ts';
import { noProgress, type Scan, type SnapshotRun } from '../scan.ts';
import type { ColumnarSnapshot } from '../snapshot.ts';
import type { Lease, ObjectState } from './place.ts';
import { LeaseLostError, type SharedObject } from './shared-object.ts';

/** The share of the rate for a gateway that scans without knowing of the others: four of them keep within it. */
const shareAlone = 0.25;

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
    for (;;) {
      const snapshot = await this.#attempt(signal);
      if (snapshot) return snapshot;
      await shared.news(signal);
    }
  }

  /** Undefined where there is nothing to do but to wait. */
  async #attempt(signal: AbortSignal): Promise<ColumnarSnapshot | undefined> {
    const { shared, forced, minRefreshMs, canWait } = this.#options;
    let lease: Lease | undefined;
    let state: ObjectState;
    try {
      state = await shared.look();
      this.#beganAt ??= state.now;
      const taken = await this.#take(state);
      if (taken) return taken;
      this.#progress = state.holder?.progress ?? noProgress;
      lease = await shared.acquire(state.published?.position, forced ? minRefreshMs : 0);
    } catch (error) {
      signal.throwIfAborted();
      shared.noteUnreachable(error);
      return canWait() && !forced ? undefined : this.#scanAlone(signal);
    }
    return lease && this.#scanAndPublish(lease, state, signal);
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
    const { shared } = this.#options;
    const end = new AbortController();
    const scan = this.#newScan(() => 1 / holding.scansOfQuota);
    const holding = {
      lease,
      seen: state.published?.position,
      scansOfQuota: 1,
      progress: () => scan.progress,
      lost: () => end.abort(new LeaseLostError()),
    };
    const keeping = shared.keep(holding, AbortSignal.any([signal, end.signal])).catch(() => undefined);
    try {
      const snapshot = await scan.run(AbortSignal.any([signal, end.signal]));
      return await this.#publish(snapshot, holding, state);
    } catch (error) {
      signal.throwIfAborted();
      // Whoever has the lease now publishes something newer.
      if (error instanceof LeaseLostError) return undefined;
      await shared.release(holding.lease);
      throw error;
    } finally {
      end.abort();
      this.#scan = undefined;
      await keeping;
    }
  }

  /**
   * Publishes what was scanned. A place that has forgotten the lease meanwhile is asked for another; one that does
   * not answer leaves the snapshot to this gateway alone.
   */
  async #publish(
    snapshot: ColumnarSnapshot,
    holding: { lease: Lease },
    state: ObjectState,
  ): Promise<ColumnarSnapshot> {
    const { shared } = this.#options;
    const ageMs = this.#ageOf(snapshot);
    try {
      await shared.publish(snapshot, holding.lease, state.published, ageMs);
    } catch (error) {
      if (!(error instanceof LeaseLostError)) {
        shared.noteUnreachable(error);
        return snapshot;
      }
      await this.#publishAgain(snapshot, ageMs);
    }
    return snapshot;
  }

  /** @throws LeaseLostError where another has published something newer, or is about to */
  async #publishAgain(snapshot: ColumnarSnapshot, ageMs: () => number): Promise<void> {
    const { shared } = this.#options;
    const { published, now } = await shared.look();
    if (published && published.beganAt > now - ageMs()) throw new LeaseLostError();
    const lease = await shared.acquire(published?.position, 0);
    if (!lease) throw new LeaseLostError();
    await shared.publish(snapshot, lease, published, ageMs);
  }

  async #scanAlone(signal: AbortSignal): Promise<ColumnarSnapshot> {
    try {
      const snapshot = await this.#newScan(() => shareAlone).run(signal);
      await this.#publishAgain(snapshot, this.#ageOf(snapshot)).catch(() => undefined);
      return snapshot;
    } finally {
      this.#scan = undefined;
    }
  }

  /** How long ago its scan began, whatever becomes of the machine's clock. */
  #ageOf({ startedAt }: ColumnarSnapshot): () => number {
    const { clock } = this.#options;
    const age = Math.max(0, clock.now() - startedAt);
    const from = clock.monotonic();
    return () => age + clock.monotonic() - from;
  }

  #newScan(rateShare: () => number): Scan {
    this.#scan = this.#options.newScan(rateShare);
    return this.#scan;
  }
}
