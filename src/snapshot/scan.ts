import type { Clock } from '../clock.ts';
import { Pace, takeSteps } from '../columns/pace.ts';
import { ScanError } from '../errors.ts';
import type { Observe } from '../observation.ts';
import type { ScanProgress, Source } from '../source/source.ts';
import { inSpan } from '../tracing.ts';
import type { AttributeNeeds } from './attributes-builder.ts';
import { SnapshotBuilder } from './builder.ts';
import type { ColumnarSnapshot } from './snapshot.ts';

/** One attempt to obtain a snapshot. */
export interface SnapshotRun {
  /** When it began; undefined before that. */
  readonly startedAt: number | undefined;
  readonly progress: ScanProgress;
  /** Obtains a complete snapshot, or rejects. To be called once. */
  run(signal: AbortSignal): Promise<ColumnarSnapshot>;
}

/** The progress of a scan that has not received anything yet. */
export const noProgress: ScanProgress = {
  rows: 0,
  pages: 0,
  requests: 0,
  throttles: 0,
  estimatedRows: undefined,
};

/** What a scan reads, and what it reports to. */
export interface ScanOptions {
  readonly source: Source;
  readonly server: string;
  readonly object: string;
  readonly needs: AttributeNeeds;
  readonly observe: Observe;
  readonly clock: Clock;
  /** The size of the largest snapshot in bytes; unlimited by default. */
  readonly maxSnapshotBytes?: number | undefined;
  /** The share of the source's request rate that the scan may use now; all of it by default. */
  readonly rateShare?: () => number;
}

/** The least time between two observations of a scan's progress. */
const progressIntervalMs = 5_000;

/** One full scan of an object into a snapshot. */
export class Scan implements SnapshotRun {
  readonly #options: ScanOptions;
  #startedAt: number | undefined;
  #progress: ScanProgress = noProgress;
  #reportedAt = 0;

  constructor(options: ScanOptions) {
    this.#options = options;
  }

  /** When it began; undefined before that. */
  get startedAt(): number | undefined {
    return this.#startedAt;
  }

  get progress(): ScanProgress {
    return this.#progress;
  }

  /** Scans all rows into a complete snapshot, or rejects. To be called once. */
  run(signal: AbortSignal): Promise<ColumnarSnapshot> {
    const { server, object } = this.#options;
    return inSpan({ name: 'scan', attributes: { server, object } }, async (span) => {
      const snapshot = await this.#run(signal);
      const { pages, requests, throttles } = this.#progress;
      span?.setAttributes({ rows: snapshot.rowCount, pages, requests, throttles });
      return snapshot;
    });
  }

  async #run(signal: AbortSignal): Promise<ColumnarSnapshot> {
    const { source, server, object, needs, observe, clock, rateShare } = this.#options;
    const leave = await source.admit?.(signal);
    const startedAt = clock.now();
    const began = clock.monotonic();
    this.#startedAt = startedAt;
    this.#reportedAt = began;
    const builder = new SnapshotBuilder({ fields: source.fields, needs });
    const pace = new Pace({ signal });
    try {
      for await (const page of source.scan(signal, (progress) => this.#report(progress), rateShare)) {
        await takeSteps(builder.addSteps(page), pace);
        this.#assertFits(builder.byteLength);
        if (pace.due) await pace.pause();
      }
    } finally {
      leave?.();
    }
    // An aborted source may end its pages early instead of throwing.
    signal.throwIfAborted();
    const { pages, requests, throttles } = this.#progress;
    const durationMs = Math.round(clock.monotonic() - began);
    const snapshot = await builder.finish({ startedAt, pages, requests, throttles, durationMs }, signal);
    this.#progress = { ...this.#progress, rows: snapshot.rowCount };
    observe({ event: 'scan-finished', server, object, durationMs, ...this.#progress });
    return snapshot;
  }

  /** @throws ScanError if there are too many rows so far */
  #assertFits(bytes: number): void {
    const { server, object, maxSnapshotBytes = Number.POSITIVE_INFINITY } = this.#options;
    if (bytes <= maxSnapshotBytes) return;
    throw new ScanError(
      'SCAN_INVALID_RESPONSE',
      `${server}.${object} does not fit into a snapshot of ${maxSnapshotBytes} bytes (--max-snapshot-bytes)`,
    );
  }

  #report(progress: ScanProgress): void {
    const { server, object, observe, clock } = this.#options;
    this.#progress = progress;
    if (clock.monotonic() - this.#reportedAt < progressIntervalMs) return;
    this.#reportedAt = clock.monotonic();
    observe({ event: 'scan-progress', server, object, ...progress });
  }
}
