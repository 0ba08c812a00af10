import { randomUUID } from 'node:crypto';
import { ScanError } from '../errors.ts';
import type { Observe } from '../observation.ts';
import type { ScanProgress, Source } from '../source/source.ts';
import type { AttributeNeeds } from './attributes-builder.ts';
import { Backoff } from './backoff.ts';
import { type Clock, wallClock, within } from './clock.ts';
import { HeldSnapshot } from './held-snapshot.ts';
import { Scan } from './scan.ts';
import type { Snapshot } from './snapshot.ts';

export type { AttributeNeeds } from './attributes-builder.ts';

/** Whose snapshots a store keeps, and how fresh they must be. */
export interface SnapshotStoreOptions {
  /** The store closes it. */
  readonly source: Source;
  readonly server: string;
  readonly object: string;
  readonly needs: AttributeNeeds;
  /** How long a snapshot is fresh, from when its scan began. */
  readonly maxAgeMs: number;
  /** How much longer it is served while a scan replaces it. */
  readonly staleWhileRevalidateMs: number;
  /** How long a read waits for a scan. */
  readonly scanTimeoutMs: number;
  readonly observe: Observe;
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
  /**
   * Ends the reading. While a replaced snapshot is read no further scan begins, so that at most two snapshots
   * are in memory; but no scan waits longer than five seconds for that.
   */
  release(): void;
}

/** How a reader wants its snapshot. */
export interface ReadOptions {
  /** Waits for a scan that begins after this call. */
  readonly noCache?: boolean;
  /** Ends the wait, never the scan. */
  readonly signal?: AbortSignal | undefined;
}

/** How long a scan waits for the readers of the snapshot before last. */
const readersPatienceMs = 5_000;

/**
 * The snapshots of one foreign object: the latest is shared by all readers, and at most one scan runs at a time.
 * Freshness has the meaning of HTTP caching (RFC 9111, RFC 5861).
 */
export class SnapshotStore {
  readonly #options: SnapshotStoreOptions;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #backoff = new Backoff<ScanError>();
  /** Snapshots that have been replaced and are still read. */
  readonly #replaced = new Set<HeldSnapshot>();
  #latest: HeldSnapshot | undefined;
  /** The scan that runs, or is about to. */
  #running: RunningScan | undefined;
  /** The scan that follows it, for reads that came too late for the running one. */
  #following: Promise<HeldSnapshot> | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: SnapshotStoreOptions) {
    this.#options = options;
    this.#clock = options.clock ?? wallClock;
  }

  /**
   * The latest snapshot where it is fresh enough, else the next one.
   *
   * @throws ScanError when the scan failed, or is still in progress after the scan timeout
   */
  async read({ noCache = false, signal }: ReadOptions = {}): Promise<SnapshotRead> {
    signal?.throwIfAborted();
    this.#closing.signal.throwIfAborted();
    const latest = noCache ? undefined : this.#latest;
    const freshness = latest ? this.#freshnessOf(latest) : 'expired';
    if (latest && freshness !== 'expired') {
      if (freshness === 'stale') this.#revalidate();
      return this.#lend(latest, freshness);
    }
    const { state, result } = this.#nextSnapshot(noCache);
    const next = await within(result, {
      clock: this.#clock,
      ms: this.#options.scanTimeoutMs,
      signal,
      onLate: () => {
        throw this.#inProgress();
      },
    });
    return this.#lend(next, state);
  }

  /** Begins a scan, where no snapshot is fresh, before anybody asks for one. */
  warm(): void {
    if (!this.#latest || this.#freshnessOf(this.#latest) !== 'fresh') this.#revalidate();
  }

  /** What the running scan has done so far; undefined where none runs. */
  progress(): ScanProgress | undefined {
    return this.#running?.scan.progress;
  }

  /** Aborts a running scan, waits for its end, and closes the source. */
  close(): Promise<void> {
    this.#closed ??= this.#shutDown();
    return this.#closed;
  }

  async #shutDown(): Promise<void> {
    this.#closing.abort(new ScanError('SCAN_UNAVAILABLE', 'the gateway is stopping'));
    this.#running?.controller.abort(this.#closing.signal.reason);
    await Promise.allSettled([this.#running?.result, this.#following]);
    this.#latest = undefined;
    this.#options.source.close();
  }

  #freshnessOf(held: HeldSnapshot): 'fresh' | 'stale' | 'expired' {
    const age = this.#ageOf(held);
    if (age < this.#options.maxAgeMs) return 'fresh';
    return age < this.#options.maxAgeMs + this.#options.staleWhileRevalidateMs ? 'stale' : 'expired';
  }

  /** Never negative, even where the machine's clock was set back. */
  #ageOf({ snapshot }: HeldSnapshot): number {
    return Math.max(0, this.#clock.now() - snapshot.startedAt);
  }

  #lend(held: HeldSnapshot, state: SnapshotState): SnapshotRead {
    return { snapshot: held.snapshot, state, ageMs: this.#ageOf(held), release: held.hold() };
  }

  #revalidate(): void {
    this.#scan().catch(() => undefined);
  }

  #nextSnapshot(noCache: boolean): { state: SnapshotState; result: Promise<HeldSnapshot> } {
    const running = this.#running;
    if (!running) return { state: 'scanned', result: this.#scan() };
    if (!noCache || running.scan.startedAt === undefined) return { state: 'joined', result: running.result };
    const state = this.#following ? 'joined' : 'scanned';
    this.#following ??= this.#scanAfter(running);
    return { state, result: this.#following };
  }

  /** A scan that begins after the running one has ended, one way or the other. */
  async #scanAfter(running: RunningScan): Promise<HeldSnapshot> {
    await Promise.allSettled([running.result]);
    this.#following = undefined;
    return this.#scan();
  }

  /** The running scan, or else a new one; the last failure while it is too early for another try. */
  async #scan(): Promise<HeldSnapshot> {
    if (this.#running) return this.#running.result;
    this.#closing.signal.throwIfAborted();
    const error = this.#backoff.errorAt(this.#clock.now());
    if (error) throw error;
    const scan = new Scan({ ...this.#options, clock: this.#clock });
    // Each scan has a signal of its own, so that what listens to it goes when the scan does.
    const controller = new AbortController();
    this.#running = { scan, controller, result: this.#run(scan, controller.signal) };
    return this.#running.result;
  }

  async #run(scan: Scan, signal: AbortSignal): Promise<HeldSnapshot> {
    try {
      await this.#replacedAreUnread();
      if (this.#latest && this.#freshnessOf(this.#latest) === 'expired') this.#latest = undefined;
      const snapshot = new HeldSnapshot(await scan.run(signal));
      this.#backoff.succeed();
      this.#replaceWith(snapshot);
      return snapshot;
    } catch (cause) {
      this.#closing.signal.throwIfAborted();
      throw this.#failed(cause);
    } finally {
      this.#running = undefined;
    }
  }

  async #replacedAreUnread(): Promise<void> {
    if (this.#replaced.size === 0) return;
    const unread = Promise.all(Array.from(this.#replaced, (held) => held.unread()));
    await within(
      unread.then(() => undefined),
      {
        clock: this.#clock,
        ms: readersPatienceMs,
        signal: this.#closing.signal,
        onLate: () => undefined,
      },
    );
  }

  #replaceWith(snapshot: HeldSnapshot): void {
    const replaced = this.#latest;
    this.#latest = snapshot;
    if (!replaced) return;
    this.#replaced.add(replaced);
    void replaced.unread().then(() => this.#replaced.delete(replaced));
  }

  /** Notes the failure and returns it as the readers get it. */
  #failed(cause: unknown): ScanError {
    const { server, object, observe } = this.#options;
    const error = cause instanceof ScanError ? cause : this.#unexpected(cause);
    this.#backoff.fail(error, this.#clock.now());
    observe({ event: 'scan-failed', server, object, code: error.code, message: error.message });
    return error;
  }

  /** The cause goes to the log alone: it may hold anything. */
  #unexpected(cause: unknown): ScanError {
    const errorId = randomUUID();
    this.#options.observe({ event: 'internal-error', errorId, error: cause });
    return new ScanError('SCAN_UNAVAILABLE', 'the scan failed unexpectedly', { errorId }, cause);
  }

  #inProgress(): ScanError {
    const { object, server, scanTimeoutMs } = this.#options;
    return new ScanError(
      'SCAN_IN_PROGRESS',
      `the scan of ${object} on server ${server} must end within ${scanTimeoutMs} ms, but it is still in progress`,
      { progress: this.progress() },
    );
  }
}

/** A scan, and what comes of it. */
interface RunningScan {
  readonly scan: Scan;
  readonly controller: AbortController;
  readonly result: Promise<HeldSnapshot>;
}
