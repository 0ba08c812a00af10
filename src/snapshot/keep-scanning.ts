import type { Clock } from '../clock.ts';

/** What is scanned again and again, without anybody asking. */
export interface KeepScanningOptions {
  readonly clock: Clock;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** How long after the beginning of one scan the next begins; undefined where the first that succeeds is the last. */
  readonly everyMs: number | undefined;
  /** Milliseconds until the snapshot at hand is due to be replaced; 0 where there is none. */
  readonly dueInMs: () => number;
  /** Scans once. */
  readonly scan: () => Promise<unknown>;
  /** Milliseconds to wait after a failure. */
  readonly retryDelayMs: () => number;
}

/** A scan that cannot even begin must not turn this into a busy loop. */
const leastRetryDelayMs = 1_000;

/** Scans whenever it is due, and again after failures, until the signal ends it; never rejects. */
export async function keepScanning(options: KeepScanningOptions): Promise<void> {
  const { clock, signal, everyMs, dueInMs, scan, retryDelayMs } = options;
  const pause = (ms: number) => clock.sleep(ms, signal).catch(() => undefined);
  while (!signal.aborted) {
    const wait = dueInMs();
    const succeeded = wait > 0 || (await scan().then(always, never));
    if (succeeded && everyMs === undefined) return;
    if (!succeeded) await pause(Math.max(leastRetryDelayMs, retryDelayMs()));
    else if (wait > 0) await pause(wait);
  }
}

const always = () => true;
const never = () => false;
