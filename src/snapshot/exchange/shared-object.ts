import { ColumnarSnapshot } from '../snapshot.ts';
import type { ObjectState, Position, Publication, Published } from './place.ts';
import { PlaceClient, type SharedObjectOptions } from './place-client.ts';
import { assertSealed } from './publication-seal.ts';
import { type KnownParts, PublishedParts } from './published-parts.ts';
import { type LeasedAt, Publisher, type Scanned } from './publisher.ts';
import type { PublishedStatus, SharingStatus } from './sharing-status.ts';

/** One object that is shared with other gateways: loads what they publish, and publishes what this one scans. */
export class SharedObject {
  readonly client: PlaceClient;
  readonly #options: SharedObjectOptions;
  readonly #parts: PublishedParts;
  readonly #publisher: Publisher;
  /** The snapshot that was loaded or published last, and its parts. */
  #current: Current | undefined;
  #loading: { readonly position: Position; readonly snapshot: Promise<ColumnarSnapshot> } | undefined;
  /** The publication that this gateway cannot read. */
  #unusable: Position | undefined;
  /** The number of bytes that were written before the latest publication. */
  #writtenBefore = 0;

  constructor(options: SharedObjectOptions) {
    this.#options = options;
    const { place, key, owner, maxSnapshotBytes, clock } = options;
    this.client = new PlaceClient(options);
    const object = this.client.name;
    this.#parts = new PublishedParts({ place, object, key, fields: owner.fields, maxSnapshotBytes });
    this.#publisher = new Publisher({
      place,
      clock,
      key,
      client: this.client,
      write: (snapshot, published) => this.#write(snapshot, published),
      onPublished: (snapshot, position, parts) => this.#published({ snapshot, position, parts }),
    });
  }

  get status(): SharingStatus {
    const { holder, isReachable } = this.client;
    return {
      holder: holder?.name,
      epoch: holder?.epoch,
      holds: holder?.name === this.#options.holder,
      sequence: this.#current?.position.sequence,
      published: this.#publishedStatus(),
      bytesPublished: this.#parts.bytesWritten,
      bytesLoaded: this.#parts.bytesRead,
      reachable: isReachable,
    };
  }

  /** The snapshot that this gateway has loaded or published last. */
  get latest(): Latest | undefined {
    return this.#current;
  }

  /** Whether the last attempt to publish succeeded, or there was none. */
  get canPublish(): boolean {
    return this.#publisher.canPublish;
  }

  /** Whether there is a readable publication that is newer than this one. */
  isNews({ published, now }: ObjectState, latest: Latest | undefined): boolean {
    if (!published || isSame(published.position, this.#unusable)) return false;
    if (!latest) return true;
    return latest.position.incarnation === published.position.incarnation
      ? latest.position.sequence < published.position.sequence
      : latest.snapshot.startedAt < this.client.startedAtOf(published, now);
  }

  /**
   * Loads what other gateways publish and passes it to `accept`, and retries failed publications, until the signal is aborted.
   */
  async follow(accept: (snapshot: ColumnarSnapshot) => void, signal: AbortSignal): Promise<void> {
    const news = this.client.listen(signal);
    while (!signal.aborted) {
      // Failures matter only when a snapshot is needed, and then `SharedScan` handles them.
      await this.#catchUp(accept, signal).catch(() => undefined);
      await news.next().catch(() => undefined);
    }
  }

  async #catchUp(accept: (snapshot: ColumnarSnapshot) => void, signal: AbortSignal): Promise<void> {
    const state = await this.client.look();
    if (state.published && this.isNews(state, this.#current)) {
      const snapshot = await this.load(state.published, state.now);
      if (!signal.aborted) accept(snapshot);
    } else {
      await this.#publisher.retry(state);
    }
  }

  /**
   * Loads a publication, unless it is in memory already. All callers share one load.
   *
   * @throws UnusableFile if it is damaged or not what was published, encrypted with another key, or has been replaced
   */
  load(published: Published, now: number): Promise<ColumnarSnapshot> {
    const { position } = published;
    if (this.#current && isSame(position, this.#current.position)) {
      return Promise.resolve(this.#current.snapshot);
    }
    if (this.#loading && isSame(position, this.#loading.position)) return this.#loading.snapshot;
    const startedAt = this.client.startedAtOf(published, now);
    const snapshot = this.client.attempt('load', () => this.#load(published, startedAt));
    const loading = { position, snapshot };
    this.#loading = loading;
    const forget = () => {
      if (this.#loading === loading) this.#loading = undefined;
    };
    snapshot.then(forget, forget);
    return snapshot;
  }

  /** Ignores this publication from now on. */
  reject(position: Position, reason: string): void {
    this.#unusable = position;
    this.client.warn(`the shared snapshot ${position.sequence} ${reason}; it is not used`);
  }

  /**
   * Publishes a snapshot, now or later; see `Publisher.publish`.
   *
   * @throws LeaseLostError if another gateway has taken the lease, or has published something newer
   */
  publish(scanned: Scanned, under?: LeasedAt): Promise<void> {
    return this.#publisher.publish(scanned, under);
  }

  #write(
    snapshot: ColumnarSnapshot,
    published: Position | undefined,
  ): Promise<Pick<Publication, 'parts' | 'step'>> {
    const known = this.#current;
    this.#writtenBefore = this.#parts.bytesWritten;
    return this.#parts.write(snapshot, isSame(known?.position, published) ? known : undefined);
  }

  #published(current: Current): void {
    this.#current = current;
    const { observe, owner } = this.#options;
    const { server, object } = owner;
    const { sequence } = current.position;
    const bytes = this.#parts.bytesWritten - this.#writtenBefore;
    observe({ event: 'snapshot-published', server, object, sequence, bytes });
  }

  /** The latest publication: this gateway may have published one since the last look. */
  #publishedStatus(): PublishedStatus | undefined {
    const current = this.#current;
    const { published: known, publishedAt } = this.client;
    if (current && (!known || isBefore(known.position, current.position))) {
      const { position, snapshot } = current;
      return { sequence: position.sequence, scannedAt: snapshot.startedAt, isLoaded: true };
    }
    if (!known) return undefined;
    const { position } = known;
    const isLoaded = isSame(position, current?.position);
    return { sequence: position.sequence, scannedAt: publishedAt, isLoaded };
  }

  async #load(published: Published, startedAt: number): Promise<ColumnarSnapshot> {
    const { clock, key, observe, owner } = this.#options;
    const { position, publication } = published;
    const began = clock.monotonic();
    await assertSealed(this.client.name, published, key);
    const before = this.#parts.bytesRead;
    const known = this.#current;
    const content = await this.#parts.read(publication, known, isNext(position, known?.position));
    const snapshot = new ColumnarSnapshot({ ...content, startedAt, stats: publication.stats });
    if (!isBefore(position, this.#current?.position)) {
      this.#current = { snapshot, position, parts: publication.parts };
    }
    const { server, object } = owner;
    const durationMs = Math.round(clock.monotonic() - began);
    const bytes = this.#parts.bytesRead - before;
    observe({ event: 'snapshot-loaded', server, object, sequence: position.sequence, bytes, durationMs });
    return snapshot;
  }
}

/** A published snapshot. */
interface Latest {
  readonly snapshot: ColumnarSnapshot;
  readonly position: Position;
}

interface Current extends Latest, KnownParts {}

function isSame(a: Position | undefined, b: Position | undefined): boolean {
  return a !== undefined && a.incarnation === b?.incarnation && a.sequence === b.sequence;
}

function isNext(a: Position, b: Position | undefined): boolean {
  return a.incarnation === b?.incarnation && a.sequence === b.sequence + 1;
}

function isBefore(a: Position, b: Position | undefined): boolean {
  return a.incarnation === b?.incarnation && a.sequence < b.sequence;
}
