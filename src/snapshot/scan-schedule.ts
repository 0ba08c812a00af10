import type { Clock } from '../clock.ts';

/** What a schedule scans, and when. */
export interface ScanScheduleOptions {
  readonly clock: Clock;
  /**
   * Milliseconds until the next scan is due; 0 or less if it is due now.
   *
   * @param everyMs the schedule's interval
   */
  readonly dueInMs: (everyMs: number | undefined) => number;
  /** Scans once. */
  readonly scan: () => Promise<unknown>;
  /** Milliseconds to wait after a failure. */
  readonly retryDelayMs: () => number;
}

/** Prevents a busy loop if scans fail before they start. */
const shortestRetryDelayMs = 1_000;

/** The scans of one object that start without a request. Failed ones are retried. */
export class ScanSchedule {
  readonly #options: ScanScheduleOptions;
  #everyMs: number | undefined;
  #running: AbortController | undefined;

  constructor(options: ScanScheduleOptions) {
    this.#options = options;
  }

  /** The time between the starts of two scans; undefined if only the first one starts without a request. */
  get everyMs(): number | undefined {
    return this.#everyMs;
  }

  /**
   * Replaces the schedule that is running, unless it has the same interval.
   *
   * @param everyMs the time between the starts of two scans; undefined to stop after the first that succeeds
   * @param ready what the first scan waits for
   */
  start(everyMs: number | undefined, ready: Promise<void>): void {
    if (this.#running && this.#everyMs === everyMs) return;
    this.stop();
    this.#everyMs = everyMs;
    const running = new AbortController();
    this.#running = running;
    void ready.then(() => this.#run(everyMs, running.signal));
  }

  stop(): void {
    this.#running?.abort();
  }

  /** Never rejects. */
  async #run(everyMs: number | undefined, signal: AbortSignal): Promise<void> {
    const { clock, dueInMs, scan, retryDelayMs } = this.#options;
    const pause = (ms: number) => clock.sleep(ms, signal).catch(() => undefined);
    while (!signal.aborted) {
      const wait = dueInMs(everyMs);
      const succeeded = wait > 0 || (await scan().then(always, never));
      if (succeeded && everyMs === undefined) return;
      if (!succeeded) await pause(Math.max(shortestRetryDelayMs, retryDelayMs()));
      else if (wait > 0) await pause(wait);
    }
  }
}

const always = () => true;
const never = () => false;
