import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { Observe, ReloadFailure } from '../observation.ts';
import type { Catalog, CatalogFingerprint } from './catalog.ts';

/** Which catalog to follow, and how. */
export interface CatalogFollowerOptions {
  readonly catalog: Pick<Catalog, 'fingerprint' | 'onNotified'>;
  /** The fingerprint of the catalog when it was last read. */
  readonly fingerprint: CatalogFingerprint;
  /** Milliseconds between two checks; with 0 it is only checked on request. */
  readonly intervalMs: number;
  /**
   * Reads the catalog again and applies it.
   *
   * @param always whether to apply it even if it turns out to be unchanged
   */
  readonly apply: (always: boolean) => Promise<void>;
  readonly clock: Clock;
  readonly observe: Observe;
}

/** The wait after the first failure, which doubles with each further one, and its maximum. */
const firstRetryMs = 1_000;
const longestRetryMs = 30_000;

/** Follows a catalog: checks it periodically and applies changes, one at a time. */
export class CatalogFollower {
  readonly #options: CatalogFollowerOptions;
  readonly #closing = new AbortController();
  #applied: CatalogFingerprint | undefined;
  #running: Promise<void> | undefined;
  /** The check that follows the running one, for requests that came after that started. */
  #following: Promise<void> | undefined;
  #failure: ReloadFailure | undefined;
  /** Ends the wait for the next check. */
  #wake: (() => void) | undefined;

  constructor(options: CatalogFollowerOptions) {
    this.#options = options;
    this.#applied = options.fingerprint;
    const { signal } = this.#closing;
    options.catalog.onNotified?.(() => void this.check().catch(() => undefined), signal);
    void this.#follow();
  }

  /** Why the last check failed; undefined if it did not. */
  get failure(): ReloadFailure | undefined {
    return this.#failure;
  }

  /** Reads the catalog and applies it, whether or not it has changed. @throws what reading or applying it throws */
  reload(): Promise<void> {
    this.#applied = undefined;
    return this.check();
  }

  /** Applies the catalog if it has changed. @throws what reading or applying it throws */
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

  /** Stops following. It does not wait for a read in progress, because a Postgres that hangs must not delay a shutdown. */
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
        // If another reload was requested meanwhile, it is still to come.
        if (this.#applied === wanted) this.#applied = found;
      }
      this.#failure = undefined;
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      const message = messageOf(error);
      const { since = clock.now(), failures = 0 } = this.#failure ?? {};
      this.#failure = { message, since, failures: failures + 1 };
      observe({ event: 'reload-failed', message, retryInMs: this.#retryMs() });
      this.#wake?.();
      throw error;
    }
  }

  /** Checks at the interval, and sooner after a failure, whoever requested the check that failed. */
  async #follow(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.#pause(this.#failure ? this.#retryMs() : this.#options.intervalMs || undefined);
      if (!signal.aborted && (this.#failure || this.#options.intervalMs > 0)) {
        await this.check().catch(() => undefined);
      }
    }
  }

  /** @param ms how long; if undefined, until something fails */
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
