import type { ScanProgress } from '../source.ts';

/** Counts what a scan does, and reports it. */
export class Tally implements ScanProgress {
  rows = 0;
  pages = 0;
  /** ListUsers requests, including retries. */
  requests = 0;
  throttles = 0;
  /** How many of them were retries after a failure. */
  retries = 0;
  refusedTokens = 0;
  estimatedRows: number | undefined;
  readonly #onProgress: (progress: ScanProgress) => void;

  constructor(onProgress: (progress: ScanProgress) => void) {
    this.#onProgress = onProgress;
  }

  countPage(newRows: number): void {
    this.pages += 1;
    this.rows += newRows;
    this.#tell();
  }

  countThrottle(): void {
    this.throttles += 1;
    this.#tell();
  }

  #tell(): void {
    const { rows, pages, requests, throttles, retries, refusedTokens, estimatedRows } = this;
    this.#onProgress({ rows, pages, requests, throttles, retries, refusedTokens, estimatedRows });
  }
}
