import { isDeepStrictEqual } from 'node:util';
import type { Catalog } from '../catalog/catalog.ts';
import { CatalogFollower } from '../catalog/follower.ts';
import { type Patience, whenAvailable } from '../catalog/patience.ts';
import { systemClock } from '../clock.ts';
import type { Ready } from '../columns/ready.ts';
import type { Observe } from '../observation.ts';
import { type CatalogReading, observeReading } from './catalog-reading.ts';
import { createGeneration, type Generation, type GenerationParts } from './generation.ts';
import { Generations } from './generations.ts';

/** How a catalog is followed. */
export interface FollowingOptions {
  readonly catalog: Catalog;
  readonly read: () => Promise<CatalogReading>;
  /** The parts of every generation, once the catalog has been read for the first time. */
  readonly partsFor: (first: CatalogReading) => GenerationParts;
  /** How often the catalog is checked; with 0 it is only checked on request. */
  readonly intervalMs: number;
  /** How long to wait for a catalog that is unavailable at start. */
  readonly patience: Patience;
  readonly observe: Observe;
}

/** Milliseconds between two scans for columns whose attributes are missing. */
const retryScanMs = 5_000;

/** The generations of a followed catalog. A request starts and finishes with the same one. */
export class FollowedCatalog {
  readonly #generations: Generations<Generation>;
  readonly #follower: CatalogFollower;
  readonly #read: FollowingOptions['read'];
  readonly #parts: GenerationParts;
  readonly #observe: Observe;
  readonly #closing = new AbortController();

  /** Reads the catalog for the first time, and follows it from then on. */
  static async open(options: FollowingOptions): Promise<FollowedCatalog> {
    const { catalog, read, patience } = options;
    // Changes made while it is read are found by the next check. Only afterwards is it known which secrets matter.
    const { definition } = await whenAvailable(() => catalog.fingerprint(), patience);
    const reading = await whenAvailable(read, patience);
    const { secrets } = await whenAvailable(() => catalog.fingerprint(), patience);
    return new FollowedCatalog(options, reading, { definition, secrets });
  }

  private constructor(
    { catalog, read, partsFor, intervalMs, observe }: FollowingOptions,
    first: CatalogReading,
    fingerprint: Awaited<ReturnType<Catalog['fingerprint']>>,
  ) {
    this.#read = read;
    this.#parts = partsFor(first);
    this.#observe = observe;
    this.#generations = new Generations(
      createGeneration(first, this.#parts, undefined),
      (retired, live) => void retired.stores.closeUnless(live.map(({ stores }) => stores)),
    );
    observeReading(first, observe);
    this.#follower = new CatalogFollower({
      catalog,
      fingerprint,
      intervalMs,
      apply: (always) => this.#apply(always),
      clock: systemClock,
      observe,
    });
  }

  /** The current generation. */
  get current(): Generation {
    return this.#generations.current;
  }

  /** Why the last attempt to read the catalog failed; undefined if it did not. */
  get failure(): CatalogFollower['failure'] {
    return this.#follower.failure;
  }

  /** Runs work with the current generation, which is kept until the work has finished. */
  lend<Result>(use: (generation: Generation) => Ready<Result>): Ready<Result> {
    return this.#generations.lend(use);
  }

  /** @throws ConfigurationError if it cannot be read; the last one read then remains in effect */
  reload(): Promise<void> {
    return this.#follower.reload();
  }

  /** Ends all scans, and stops following the catalog. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#follower.close();
    await Promise.all(this.#generations.live.map(({ stores }) => stores.close()));
  }

  async #apply(always: boolean): Promise<void> {
    const next = await this.#read();
    if (this.#closing.signal.aborted) return;
    const { current } = this;
    if (!always && !current.isPartial && isDeepStrictEqual(next.definition, current.definition)) return;
    this.#generations.replace(createGeneration(next, this.#parts, current));
    observeReading(next, this.#observe);
    void this.#complete(this.current);
  }

  /** Exposes columns whose attributes had to be scanned for, as soon as they are there. */
  async #complete(generation: Generation): Promise<void> {
    if (!generation.isPartial) return;
    const scanned = await generation.stores.fetchLacking().then(
      () => true,
      () => false,
    );
    if (!scanned) await systemClock.sleep(retryScanMs, this.#closing.signal).catch(() => undefined);
    if (this.#closing.signal.aborted || generation !== this.current) return;
    await (scanned ? this.reload().catch(() => undefined) : this.#complete(generation));
  }
}
