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
  /** What generations are made with, once the catalog has been read for the first time. */
  readonly partsFor: (first: CatalogReading) => GenerationParts;
  /** How often the catalog is looked at; 0 looks only when told to. */
  readonly intervalMs: number;
  /** How long to wait for a catalog that is away at the start. */
  readonly patience: Patience;
  readonly observe: Observe;
}

/** Milliseconds between two scans for columns whose attributes are lacking. */
const retryScanMs = 5_000;

/** What a catalog says, one generation after the other: requests begin with the current one, and end with it. */
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
    // What changes while it is read is found at the next look. Which secrets matter is known afterwards.
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

  /** What the catalog says now. */
  get current(): Generation {
    return this.#generations.current;
  }

  /** Why the last attempt to read the catalog failed; undefined where it did not. */
  get failure(): CatalogFollower['failure'] {
    return this.#follower.failure;
  }

  /** Gives whoever begins now the current generation, for as long as it takes. */
  lend<Result>(use: (generation: Generation) => Ready<Result>): Ready<Result> {
    return this.#generations.lend(use);
  }

  /** @throws ConfigurationError where it cannot be read; what it said before is served on */
  reload(): Promise<void> {
    return this.#follower.reload();
  }

  /** Ends all scans, and looks at the catalog no more. */
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

  /** Columns that have to be scanned for are exposed as soon as they are there. */
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
