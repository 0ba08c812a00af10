import type { ScanProgress, Source, SourceRecord } from '../../src/source/source.ts';
import { fields } from './records.ts';

/** A source whose scans do what they are told, when they are told. */
export class FakeSource implements Source {
  readonly fields = fields;
  readonly scans: FakeScan[] = [];
  /** The share of the rate that each scan was told to use. */
  readonly rateShares: ((() => number) | undefined)[] = [];
  closed = 0;

  scan(
    signal: AbortSignal,
    onProgress: (progress: ScanProgress) => void,
    rateShare?: () => number,
  ): AsyncIterable<readonly SourceRecord[]> {
    this.rateShares.push(rateShare);
    const scan = new FakeScan(signal, onProgress);
    this.scans.push(scan);
    return scan.pages();
  }

  close(): void {
    this.closed++;
  }

  /** The scan that began last. */
  get latest(): FakeScan {
    const scan = this.scans.at(-1);
    if (!scan) throw new Error('a scan must have begun');
    return scan;
  }
}

type Step = { readonly page: readonly SourceRecord[] } | { readonly end: true } | { readonly error: unknown };

/** One scan, steered from outside. */
export class FakeScan {
  readonly signal: AbortSignal;
  readonly #onProgress: (progress: ScanProgress) => void;
  readonly #steps: Step[] = [];
  #proceed: () => void = () => undefined;
  /** Whether nothing of the scan runs any more. */
  ended = false;
  /** Whether the pages end, instead of failing, when the scan is aborted. */
  endsQuietly = false;

  constructor(signal: AbortSignal, onProgress: (progress: ScanProgress) => void) {
    this.signal = signal;
    this.#onProgress = onProgress;
    signal.addEventListener('abort', () => this.#proceed());
  }

  progress(progress: Partial<ScanProgress>): void {
    this.#onProgress({ rows: 0, pages: 0, requests: 0, throttles: 0, estimatedRows: undefined, ...progress });
  }

  page(...identities: readonly string[]): void {
    this.records(identities.map((identity) => ({ fields: [identity, true, 0, null], attributes: [] })));
  }

  records(page: readonly SourceRecord[]): void {
    this.#push({ page });
  }

  /** Ends the scan after its last page, which holds these. */
  finish(...identities: readonly string[]): void {
    this.page(...identities);
    this.#push({ end: true });
  }

  fail(error: unknown): void {
    this.#push({ error });
  }

  async *pages(): AsyncGenerator<readonly SourceRecord[]> {
    try {
      for (;;) {
        if (this.signal.aborted && this.endsQuietly) return;
        this.signal.throwIfAborted();
        const step = this.#steps.shift();
        if (!step) await this.#next();
        else if ('page' in step) yield step.page;
        else if ('error' in step) throw step.error;
        else return;
      }
    } finally {
      this.ended = true;
    }
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#proceed = resolve;
    });
  }

  #push(step: Step): void {
    this.#steps.push(step);
    this.#proceed();
  }
}
