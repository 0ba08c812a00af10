import { randomUUID } from 'node:crypto';
import { ScanError } from '../errors.ts';
import type { ScanProgress } from '../source/source.ts';
import { Backoff } from './backoff.ts';
import type { ScanOptions, SnapshotRun } from './scan.ts';
import type { ColumnarSnapshot } from './snapshot.ts';

/** What is scanned and when, and who takes the snapshot. */
export interface SingleFlightScanOptions<T>
  extends Pick<ScanOptions, 'server' | 'object' | 'observe' | 'clock'> {
  /** Creates a run. If it is `forced`, only a snapshot whose scan starts from now on is good enough. */
  readonly newRun: (how: { readonly forced: boolean }) => SnapshotRun;
  /** The shortest time between the starts of two forced scans. */
  readonly minRefreshMs: number;
  /** A scan waits for this before it starts. */
  readonly ready: (signal: AbortSignal) => Promise<void>;
  /** Takes the snapshot, synchronously with the end of the scan. */
  readonly accept: (snapshot: ColumnarSnapshot) => T;
}

/** A scan to wait for. */
export interface AwaitedScan<T> {
  /** Whether it had been requested before. */
  readonly joined: boolean;
  readonly result: Promise<T>;
}

/**
 * The scans of one object: one at a time, shared by everybody who waits for it. After a failure the next one is delayed, and
 * forced ones are spaced.
 */
export class SingleFlightScan<T> {
  readonly #options: SingleFlightScanOptions<T>;
  readonly #closing = new AbortController();
  readonly #backoff = new Backoff<ScanError>();
  /** The scan that is running or starting. */
  #running: RunningScan<T> | undefined;
  /** The next scan, for those who forced one too late for the running scan or too soon after the last forced one. */
  #following: FollowingScan<T> | undefined;
  /** When the last forced scan started, on the monotonic clock. */
  #forcedAt = Number.NEGATIVE_INFINITY;

  constructor(options: SingleFlightScanOptions<T>) {
    this.#options = options;
  }

  /** The progress of the running scan, if there is one. */
  get progress(): ScanProgress | undefined {
    return this.#running?.scan.progress;
  }

  /** When the running scan started, in milliseconds since 1970; undefined if there is none, or it has not started yet. */
  get startedAt(): number | undefined {
    return this.#running?.scan.startedAt;
  }

  /** Milliseconds until the next attempt after a failure; 0 if there is nothing to wait for. */
  get retryDelayMs(): number {
    return this.#backoff.delayAt(this.#options.clock.monotonic());
  }

  /** Resolves when the scan that is running now has ended. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#running?.result]);
  }

  /** Ends the delay after a failure, whose reason may be gone. */
  forgive(): void {
    this.#backoff.succeed();
  }

  /** The running scan or a new one. */
  join(): AwaitedScan<T> {
    if (this.#running) return { joined: true, result: this.#running.result };
    if (!this.#following) return { joined: false, result: this.#begin(false) };
    // Everybody who waits for the next scan asked before now, so it can start now.
    this.#following.wake();
    return { joined: true, result: this.#following.result };
  }

  /** A scan that starts after this call, and at least `minRefreshMs` after the last forced one. */
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

  /** Aborts the running scan and waits for its end. Everybody who waits for a scan gets the reason. */
  async close(reason: ScanError): Promise<void> {
    this.#closing.abort(reason);
    this.#running?.controller.abort(reason);
    await Promise.allSettled([this.#running?.result, this.#following?.result]);
  }

  /** A scan that starts as soon as the running one has ended, well or not, and a forced one is allowed. */
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

  /** A new scan, or the last failure as long as it is too early to retry. */
  async #begin(forced: boolean): Promise<T> {
    if (this.#running) return this.#running.result;
    this.#closing.signal.throwIfAborted();
    const error = this.#backoff.errorAt(this.#options.clock.monotonic());
    if (error) throw error;
    const scan = this.#options.newRun({ forced });
    // Each scan has its own signal, so that its listeners are collected with the scan.
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

  /** Records a failure, and returns the error for everybody who waits. */
  #failed(cause: unknown, { startedAt, progress }: SnapshotRun): ScanError {
    const { server, object, observe, clock } = this.#options;
    const errorId = randomUUID();
    // Only the log gets an unexpected error, because its message may contain anything.
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

/** A scan and its result. */
interface RunningScan<T> {
  readonly scan: SnapshotRun;
  readonly controller: AbortController;
  readonly result: Promise<T>;
}

/** A scan that waits to start. */
interface FollowingScan<T> {
  /** Makes it start as soon as no other scan is running. */
  readonly wake: () => void;
  readonly result: Promise<T>;
}
