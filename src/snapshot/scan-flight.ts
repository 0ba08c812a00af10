import { randomUUID } from 'node:crypto';
import { ScanError } from '../errors.ts';
import type { ScanProgress } from '../source/source.ts';
import { Backoff } from './backoff.ts';
import { Scan, type ScanOptions } from './scan.ts';
import type { ColumnarSnapshot } from './snapshot.ts';

/** What is scanned, and what becomes of a scan's snapshot. */
export interface ScanFlightOptions<T> extends ScanOptions {
  /** What a scan waits for before it begins. */
  readonly clear: (signal: AbortSignal) => Promise<void>;
  /** Takes the snapshot in the same moment in which the scan has ended. */
  readonly land: (snapshot: ColumnarSnapshot) => T;
}

/** A scan to wait for. */
export interface AwaitedScan<T> {
  /** Whether somebody else had asked for it before. */
  readonly joined: boolean;
  readonly result: Promise<T>;
}

/** The scans of one object: one at a time, shared by everybody who waits. After a failure it is quiet for a while. */
export class ScanFlight<T> {
  readonly #options: ScanFlightOptions<T>;
  readonly #closing = new AbortController();
  readonly #backoff = new Backoff<ScanError>();
  /** The scan that runs, or is about to. */
  #running: RunningScan<T> | undefined;
  /** The scan that follows it, for those who came too late for the running one. */
  #following: Promise<T> | undefined;

  constructor(options: ScanFlightOptions<T>) {
    this.#options = options;
  }

  /** What the running scan has done so far; undefined where none runs. */
  get progress(): ScanProgress | undefined {
    return this.#running?.scan.progress;
  }

  /** The running scan or a new one; only one that has yet to begin, where `fromNow`. */
  next({ fromNow }: { readonly fromNow: boolean }): AwaitedScan<T> {
    const running = this.#running;
    if (!running) return { joined: false, result: this.#scan() };
    if (!fromNow || running.scan.startedAt === undefined) return { joined: true, result: running.result };
    const joined = this.#following !== undefined;
    this.#following ??= this.#scanAfter(running);
    return { joined, result: this.#following };
  }

  /** Aborts the running scan, and waits for its end. Everybody who waits gets the reason. */
  async close(reason: ScanError): Promise<void> {
    this.#closing.abort(reason);
    this.#running?.controller.abort(reason);
    await Promise.allSettled([this.#running?.result, this.#following]);
  }

  /** A scan that begins after the running one has ended, one way or the other. */
  async #scanAfter(running: RunningScan<T>): Promise<T> {
    await Promise.allSettled([running.result]);
    this.#following = undefined;
    return this.#scan();
  }

  /** The running scan, or else a new one; the last failure while it is too early for another try. */
  async #scan(): Promise<T> {
    if (this.#running) return this.#running.result;
    this.#closing.signal.throwIfAborted();
    const error = this.#backoff.errorAt(this.#options.clock.now());
    if (error) throw error;
    const scan = new Scan(this.#options);
    // Each scan has a signal of its own, so that what listens to it goes when the scan does.
    const controller = new AbortController();
    this.#running = { scan, controller, result: this.#run(scan, controller.signal) };
    return this.#running.result;
  }

  async #run(scan: Scan, signal: AbortSignal): Promise<T> {
    try {
      await this.#options.clear(signal);
      const snapshot = await scan.run(signal);
      this.#backoff.succeed();
      return this.#options.land(snapshot);
    } catch (cause) {
      this.#closing.signal.throwIfAborted();
      throw this.#failed(cause);
    } finally {
      this.#running = undefined;
    }
  }

  /** Notes the failure and returns it as everybody who waits gets it. */
  #failed(cause: unknown): ScanError {
    const { server, object, observe, clock } = this.#options;
    const error = cause instanceof ScanError ? cause : this.#unexpected(cause);
    this.#backoff.fail(error, clock.now());
    observe({ event: 'scan-failed', server, object, code: error.code, message: error.message });
    return error;
  }

  /** The cause goes to the log alone: it may hold anything. */
  #unexpected(cause: unknown): ScanError {
    const errorId = randomUUID();
    this.#options.observe({ event: 'internal-error', errorId, error: cause });
    return new ScanError('SCAN_UNAVAILABLE', 'the scan failed unexpectedly', { errorId }, cause);
  }
}

/** A scan, and what comes of it. */
interface RunningScan<T> {
  readonly scan: Scan;
  readonly controller: AbortController;
  readonly result: Promise<T>;
}
