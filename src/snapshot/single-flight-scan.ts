import { randomUUID } from 'node:crypto';
import { ScanError } from '../errors.ts';
import type { ScanProgress } from '../source/source.ts';
import { Backoff } from './backoff.ts';
import type { ScanOptions, SnapshotRun } from './scan.ts';
import type { ColumnarSnapshot } from './snapshot.ts';

/** What is scanned, when, and what becomes of the snapshot. */
export interface SingleFlightScanOptions<T>
  extends Pick<ScanOptions, 'server' | 'object' | 'observe' | 'clock'> {
  /** How to come to a snapshot; `forced` where none will do whose scan has begun before now. */
  readonly newRun: (how: { readonly forced: boolean }) => SnapshotRun;
  /** The least time between the beginnings of two forced scans. */
  readonly minRefreshMs: number;
  /** What a scan waits for before it begins. */
  readonly ready: (signal: AbortSignal) => Promise<void>;
  /** Takes the snapshot in the same moment in which the scan ends. */
  readonly accept: (snapshot: ColumnarSnapshot) => T;
}

/** A scan to wait for. */
export interface AwaitedScan<T> {
  /** Whether somebody else had asked for it before. */
  readonly joined: boolean;
  readonly result: Promise<T>;
}

/**
 * The scans of one object: one at a time, shared by everybody who waits. After a failure none begins for a while,
 * and forced ones begin no more often than they may.
 */
export class SingleFlightScan<T> {
  readonly #options: SingleFlightScanOptions<T>;
  readonly #closing = new AbortController();
  readonly #backoff = new Backoff<ScanError>();
  /** The scan that runs, or is about to. */
  #running: RunningScan<T> | undefined;
  /** The scan that follows, for forced requests that came too late for the running one or too soon for another. */
  #following: FollowingScan<T> | undefined;
  /** When a forced scan began last, on the monotonic clock. */
  #forcedAt = Number.NEGATIVE_INFINITY;

  constructor(options: SingleFlightScanOptions<T>) {
    this.#options = options;
  }

  /** What the running scan has done so far; undefined where none runs. */
  get progress(): ScanProgress | undefined {
    return this.#running?.scan.progress;
  }

  /** When the running scan began, in milliseconds since 1970; undefined where none runs or it has yet to begin. */
  get startedAt(): number | undefined {
    return this.#running?.scan.startedAt;
  }

  /** Milliseconds until another try after a failure; 0 where none has to wait. */
  get retryDelayMs(): number {
    return this.#backoff.delayAt(this.#options.clock.monotonic());
  }

  /** Resolves when no scan runs that had begun before. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#running?.result]);
  }

  /** Lets the next scan begin at once, though the last one failed: what made it fail may be mended. */
  forgive(): void {
    this.#backoff.succeed();
  }

  /** The running scan or a new one. */
  join(): AwaitedScan<T> {
    if (this.#running) return { joined: true, result: this.#running.result };
    if (!this.#following) return { joined: false, result: this.#begin(false) };
    // Everybody who waits for the following scan came before now, so it may as well begin.
    this.#following.wake();
    return { joined: true, result: this.#following.result };
  }

  /** A scan that has yet to begin. Where the last such one began less than `minRefreshMs` ago, it waits for its time. */
  force(): AwaitedScan<T> {
    const running = this.#running;
    if (running && running.scan.startedAt === undefined) {
      this.#forcedAt = this.#options.clock.monotonic();
      return { joined: true, result: running.result };
    }
    const joined = this.#following !== undefined;
    this.#following ??= this.#follow(running);
    return { joined, result: this.#following.result };
  }

  /** Aborts the running scan, and waits for its end. Everybody who waits gets the reason. */
  async close(reason: ScanError): Promise<void> {
    this.#closing.abort(reason);
    this.#running?.controller.abort(reason);
    await Promise.allSettled([this.#running?.result, this.#following?.result]);
  }

  /** A scan that begins when the running one has ended, one way or the other, and a forced one may begin. */
  #follow(running: RunningScan<T> | undefined): FollowingScan<T> {
    const { clock, minRefreshMs } = this.#options;
    const waking = new AbortController();
    const wait = async () => {
      await Promise.allSettled([running?.result]);
      const ms = this.#forcedAt + minRefreshMs - clock.monotonic();
      const woken = AbortSignal.any([waking.signal, this.#closing.signal]);
      if (ms > 0) await clock.sleep(ms, woken).catch(() => undefined);
      this.#following = undefined;
      this.#forcedAt = clock.monotonic();
      return this.#begin(true);
    };
    return { wake: () => waking.abort(), result: wait() };
  }

  /** A new scan, or the last failure while it is too early for another try. */
  async #begin(forced: boolean): Promise<T> {
    if (this.#running) return this.#running.result;
    this.#closing.signal.throwIfAborted();
    const error = this.#backoff.errorAt(this.#options.clock.monotonic());
    if (error) throw error;
    const scan = this.#options.newRun({ forced });
    // Each scan has a signal of its own, so that what listens to it goes when the scan does.
    const controller = new AbortController();
    this.#running = { scan, controller, result: this.#run(scan, controller.signal) };
    return this.#running.result;
  }

  async #run(scan: SnapshotRun, signal: AbortSignal): Promise<T> {
    try {
      await this.#options.ready(signal);
      const snapshot = await scan.run(signal);
      this.#backoff.succeed();
      return this.#options.accept(snapshot);
    } catch (cause) {
      this.#closing.signal.throwIfAborted();
      throw this.#failed(cause, scan);
    } finally {
      this.#running = undefined;
    }
  }

  /** Notes the failure and returns it as everybody who waits gets it. */
  #failed(cause: unknown, { startedAt, progress }: SnapshotRun): ScanError {
    const { server, object, observe, clock } = this.#options;
    const errorId = randomUUID();
    // What nobody meant to happen goes to the log alone: it may hold anything.
    if (!(cause instanceof ScanError)) observe({ event: 'internal-error', errorId, error: cause });
    const [code, detail] =
      cause instanceof ScanError
        ? [cause.code, cause.detail]
        : (['SCAN_UNAVAILABLE', 'the scan failed unexpectedly'] as const);
    const error = new ScanError(code, detail, { errorId, cause });
    this.#backoff.fail(error, clock.monotonic());
    const durationMs = startedAt === undefined ? 0 : Math.max(0, clock.now() - startedAt);
    observe({
      event: 'scan-failed',
      server,
      object,
      errorId,
      code,
      message: detail,
      durationMs,
      ...progress,
    });
    return error;
  }
}

/** A scan, and what comes of it. */
interface RunningScan<T> {
  readonly scan: SnapshotRun;
  readonly controller: AbortController;
  readonly result: Promise<T>;
}

/** A scan that waits for its time. */
interface FollowingScan<T> {
  /** Makes it begin as soon as no other runs. */
  readonly wake: () => void;
  readonly result: Promise<T>;
}
