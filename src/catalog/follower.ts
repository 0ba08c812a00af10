import type { Clock } from '../clock.ts';
import type { Observe, ReloadFailure } from '../observation.ts';
import type { Catalog, CatalogFingerprint } from './catalog.ts';

/** Whose catalog is followed, and what for. */
export interface CatalogFollowerOptions {
  readonly catalog: Pick<Catalog, 'fingerprint' | 'onNotified'>;
  /** How the catalog was when it was read last. */
  readonly fingerprint: CatalogFingerprint;
  /** Milliseconds between two looks at it; 0 looks only when told to. */
  readonly intervalMs: number;
  /**
   * Reads the catalog anew and serves what it says.
   *
   * @param always whether to do so even where it turns out to say the same
   */
  readonly apply: (always: boolean) => Promise<void>;
  readonly clock: Clock;
  readonly observe: Observe;
}

/** The first wait after a failure, which doubles with each, and the longest. */
const firstRetryMs = 1_000;
const longestRetryMs = 30_000;

/** Follows a catalog: looks at it again and again, and has what changed applied, one time after the other. */
export class CatalogFollower {
  readonly #options: CatalogFollowerOptions;
  readonly #closing = new AbortController();
  #applied: CatalogFingerprint | undefined;
  #running: Promise<void> | undefined;
  /** The look that follows the running one, for those who came after it began. */
  #following: Promise<void> | undefined;
  #failure: ReloadFailure | undefined;
  /** Ends the wait until the next look. */
  #wake: (() => void) | undefined;

  constructor(options: CatalogFollowerOptions) {
    this.#options = options;
    this.#applied = options.fingerprint;
    const { signal } = this.#closing;
    options.catalog.onNotified?.(() => void this.check().catch(() => undefined), signal);
    void this.#follow();
  }

  /** Why the last look failed; undefined if it did not. */
  get failure(): ReloadFailure | undefined {
    return this.#failure;
  }

  /** Reads the catalog and applies it, whether or not it has changed. @throws what the reading or applying throws */
  reload(): Promise<void> {
    this.#applied = undefined;
    return this.check();
  }

  /** Applies the catalog where it has changed. @throws what the reading or applying throws */
  check(): Promise<void> {
    if (!this.#running) return this.#look();
    this.#following ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#following = undefined;
        return this.#look();
      });
    return this.#following;
  }

  /** Ends the following. What is being read is not waited for: a Postgres that hangs must not delay a stop. */
  close(): void {
    this.#closing.abort();
  }

  #look(): Promise<void> {
    this.#running = this.#lookNow().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #lookNow(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const { catalog, apply, observe, clock } = this.#options;
    const wanted = this.#applied;
    try {
      const found = await catalog.fingerprint();
      const always = found.secrets !== wanted?.secrets;
      if (always || found.definition !== wanted?.definition) {
        if (this.#closing.signal.aborted) return;
        await apply(always);
        // Where another reload was asked for meanwhile, it is still to come.
        if (this.#applied === wanted) this.#applied = found;
      }
      this.#failure = undefined;
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      const { since = clock.now(), failures = 0 } = this.#failure ?? {};
      this.#failure = { message, since, failures: failures + 1 };
      observe({ event: 'reload-failed', message, retryInMs: this.#retryMs() });
      this.#wake?.();
      throw error;
    }
  }

  /** Looks at its times, and soon again after a failure, whoever had asked for that look. */
  async #follow(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.#pause(this.#failure ? this.#retryMs() : this.#options.intervalMs || undefined);
      if (!signal.aborted && (this.#failure || this.#options.intervalMs > 0)) {
        await this.check().catch(() => undefined);
      }
    }
  }

  /** @param ms how long; until something fails where undefined */
  async #pause(ms: number | undefined): Promise<void> {
    const over = new AbortController();
    const signal = AbortSignal.any([this.#closing.signal, over.signal]);
    this.#wake = ms === undefined ? () => over.abort() : undefined;
    await this.#options.clock.sleep(ms ?? Number.POSITIVE_INFINITY, signal).catch(() => undefined);
    this.#wake = undefined;
  }

  #retryMs(): number {
    const { failures = 1 } = this.#failure ?? {};
    return Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 10));
  }
}
