import { randomUUID } from 'node:crypto';
import { Backoff } from '../backoff.ts';
import type { ColumnarSnapshot } from '../snapshot.ts';
import { blockLength } from './block-file.ts';
import { LeaseLostError } from './lease-keeper.ts';
import type { Lease, ObjectState, Position, Publication, Published } from './place.ts';
import type { PlaceClient, SharedObjectOptions } from './place-client.ts';
import { sealPublication } from './publication-seal.ts';

/** A snapshot that this gateway has scanned. */
export interface Scanned {
  readonly snapshot: ColumnarSnapshot;
  /** Milliseconds since the start of its scan, by the monotonic clock. */
  readonly ageMs: () => number;
}

/** A lease, and what was published when it was taken. */
export interface LeasedAt {
  readonly lease: Lease;
  readonly published: Published | undefined;
}

/** What a publisher depends on. */
export interface PublisherOptions extends Pick<SharedObjectOptions, 'place' | 'clock' | 'key'> {
  readonly client: PlaceClient;
  /** Writes the parts of a snapshot that are not published yet. */
  readonly write: (
    snapshot: ColumnarSnapshot,
    published: Position | undefined,
  ) => Promise<Pick<Publication, 'parts' | 'step'>>;
  readonly onPublished: (snapshot: ColumnarSnapshot, position: Position, parts: Publication['parts']) => void;
}

/** Publishes the snapshots that this gateway has scanned, and retries failed publications. */
export class Publisher {
  readonly #options: PublisherOptions;
  /** The latest snapshot, if it could not be published. */
  #unpublished: Scanned | undefined;
  readonly #backoff = new Backoff<unknown>();
  /** The name of the next block that is written only to test whether writing works. */
  #probe = randomUUID();

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Whether the last attempt to publish succeeded, or there was none. */
  get canPublish(): boolean {
    return !this.#options.client.isFailing('publish');
  }

  /**
   * Publishes a snapshot. If that fails, `retry` tries again, until something newer is published.
   *
   * @param under the lease under which it was scanned; undefined if it was scanned without one, which then has to be taken
   * @throws LeaseLostError if another gateway has taken the lease, or has published something newer
   */
  async publish(scanned: Scanned, under?: LeasedAt): Promise<void> {
    const { client, clock } = this.#options;
    this.#unpublished = undefined;
    try {
      await client.attempt('publish', () =>
        under ? this.#publishLeased(scanned, under) : this.#publishUnleased(scanned),
      );
      this.#backoff.succeed();
    } catch (error) {
      if (error instanceof LeaseLostError) {
        // What another gateway publishes instead may be older: one that could not publish either retries at the same time.
        if (client.isFailing('publish')) this.#unpublished = scanned;
        this.#backoff.succeed();
        throw error;
      }
      this.#unpublished = scanned;
      this.#backoff.fail(error, clock.monotonic());
    }
  }

  /**
   * Tests whether writing works again, and then publishes what could not be published. If a publication fails although writing
   * works, it is retried less and less often.
   */
  async retry({ published }: Pick<ObjectState, 'published'>): Promise<void> {
    const { client, clock } = this.#options;
    if (!client.isFailing('lease', 'publish') || this.#backoff.delayAt(clock.monotonic()) > 0) return;
    if (!(await this.#canWrite())) return this.#backoff.succeed();
    const scanned = this.#unpublished;
    if (scanned && !this.#isOlder(scanned, published)) return this.publish(scanned);
    this.#unpublished = undefined;
    this.#backoff.succeed();
    client.wrote();
  }

  async #canWrite(): Promise<boolean> {
    const { place, client } = this.#options;
    // The next publication deletes it, because it does not name it.
    const block = { hash: `probe of ${this.#probe}`, bytes: new Uint8Array(blockLength) };
    return place.putBlocks(client.name, [block]).then(
      () => {
        this.#probe = randomUUID();
        return true;
      },
      () => false,
    );
  }

  /** Looks once more to compare the clocks: the look before the scan may have been the first, and slow. */
  async #publishLeased(scanned: Scanned, under: LeasedAt): Promise<void> {
    await this.#options.client.look();
    await this.#publish(scanned, under);
  }

  async #publishUnleased(scanned: Scanned): Promise<void> {
    const { client } = this.#options;
    const { published } = await client.look();
    if (this.#isOlder(scanned, published)) throw new LeaseLostError();
    const lease = await client.acquire(published?.position, 0);
    if (!lease) throw new LeaseLostError();
    try {
      await this.#publish(scanned, { lease, published });
    } catch (error) {
      await client.release(lease);
      throw error;
    }
  }

  #isOlder({ ageMs }: Scanned, published: Published | undefined): boolean {
    return published !== undefined && published.beganAt > this.#options.client.placeTimeBefore(ageMs());
  }

  async #publish({ snapshot, ageMs }: Scanned, { lease, published }: LeasedAt): Promise<void> {
    const { place, client, key, write, onPublished } = this.#options;
    const written = await write(snapshot, published?.position);
    const facts = { beganAt: client.placeTimeBefore(ageMs()), stats: snapshot.stats, ...written };
    // Under the lease nobody else publishes, so that this will be the next one.
    const next = { incarnation: lease.incarnation, sequence: (published?.position.sequence ?? 0) + 1 };
    const seal = await sealPublication(client.name, next, facts, key);
    const position = await place.publish(client.name, lease, { ...facts, seal });
    if (!position) throw new LeaseLostError();
    onPublished(snapshot, position, written.parts);
  }
}
