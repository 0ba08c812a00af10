import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Observe } from '../../observation.ts';
import { Backoff } from '../backoff.ts';
import type { SnapshotKey } from '../file/key.ts';
import type { SnapshotOwner } from '../file/snapshot-files.ts';
import { UnusableFile } from '../file/unusable-file.ts';
import { ColumnarSnapshot } from '../snapshot.ts';
import { type Holding, keepLease, LeaseLostError } from './lease-keeper.ts';
import { sharedObjectName } from './object-name.ts';
import type { ExchangePlace, Lease, ObjectState, Position, Published } from './place.ts';
import { type KnownParts, PublishedParts } from './published-parts.ts';
import { Reachability, type SharingStep } from './reachability.ts';

/** How a gateway shares its scans with others. */
export interface Sharing {
  readonly place: ExchangePlace;
  /** Encrypts what is published. */
  readonly key: SnapshotKey | undefined;
  /** Tells this gateway from all others. */
  readonly holder: string;
  /** How long a holder that says nothing keeps its lease. */
  readonly leaseMs: number;
  /** How long news may go unnoticed. */
  readonly pollMs: number;
}

/** What an object's sharing needs beside. */
export interface SharedObjectOptions extends Sharing {
  readonly owner: SnapshotOwner;
  /** What requests to the object are counted with; undefined where nothing else is. */
  readonly quota: string | undefined;
  readonly observe: Observe;
  readonly clock: Clock;
}

/** How it stands with an object's sharing, for metrics and operators. Times are in milliseconds since 1970. */
export interface SharingStatus {
  /** Who scans, as far as is known here; undefined while nobody does. */
  readonly holder: string | undefined;
  /** The epoch of their lease. */
  readonly epoch: number | undefined;
  /** Whether it is this gateway. */
  readonly holds: boolean;
  /** Which shared snapshot was loaded or published here last; undefined where none was. */
  readonly sequence: number | undefined;
  /** What is published, as far as is known here; undefined where nothing is. */
  readonly published: PublishedStatus | undefined;
  readonly bytesPublished: number;
  readonly bytesLoaded: number;
  /** Whether the place answered when it was asked last, and let this gateway do what it had to. */
  readonly reachable: boolean;
}

/** What is published. */
interface PublishedStatus {
  readonly sequence: number;
  /** When its scan began, by this machine's clock. */
  readonly scannedAt: number;
  /** Whether it is what was loaded or published here last. */
  readonly isLoaded: boolean;
}

/** Bytes of a block that only tries whether blocks can be written. */
const probeLength = 512;
/** The least share of the time between two looks that a gateway waits. */
const leastPoll = 0.75;

/** One object as all gateways see it: what is published of it, and how to publish more. */
export class SharedObject {
  /** What the place knows it by. Gateways of another format share nothing with this one. */
  readonly name: string;
  readonly #options: SharedObjectOptions;
  /** The snapshot that was loaded or published last, and what it consists of. */
  #current: Current | undefined;
  readonly #parts: PublishedParts;
  #loading: { readonly position: Position; readonly snapshot: Promise<ColumnarSnapshot> } | undefined;
  /** What could not be read here. */
  #unusable: Position | undefined;
  /** What the last look has found. */
  #state: ObjectState | undefined;
  /** When the scan of what it has found published began, by this machine's clock. */
  #publishedAt = 0;
  /** What was scanned here last and could not be published. */
  #unpublished: Scanned | undefined;
  readonly #publishRetry = new Backoff<unknown>();
  readonly #reachability: Reachability;

  constructor(options: SharedObjectOptions) {
    this.#options = options;
    this.name = sharedObjectName(options.owner);
    const { place, key, owner } = options;
    this.#parts = new PublishedParts({ place, object: this.name, key, fields: owner.fields });
    this.#reachability = new Reachability((message) => this.#warn(message));
  }

  get status(): SharingStatus {
    const holder = this.#state?.holder;
    return {
      holder: holder?.name,
      epoch: holder?.epoch,
      holds: holder?.name === this.#options.holder,
      sequence: this.#current?.position.sequence,
      published: this.#publishedStatus(),
      bytesPublished: this.#parts.bytesWritten,
      bytesLoaded: this.#parts.bytesRead,
      reachable: this.#reachability.isReachable,
    };
  }

  /** What was published here since the last look is newer than what that has found. */
  #publishedStatus(): PublishedStatus | undefined {
    const current = this.#current;
    const known = this.#state?.published;
    if (!known || (current && isBefore(known.position, current.position))) {
      const { position, snapshot } = current ?? {};
      return (
        position && snapshot && { sequence: position.sequence, scannedAt: snapshot.startedAt, isLoaded: true }
      );
    }
    const { position } = known;
    return {
      sequence: position.sequence,
      scannedAt: this.#publishedAt,
      isLoaded: isSame(position, current?.position),
    };
  }

  async look(): Promise<ObjectState> {
    const state = await this.#attempt('look', () => this.#options.place.look(this.name));
    const { published, now } = state;
    if (published && this.#unpublished && isOlder(this.#unpublished, published, now))
      this.#unpublished = undefined;
    this.#state = state;
    if (published) this.#publishedAt = this.#startedAtOf(published, now);
    return state;
  }

  /** Whether what was to be published last could be. */
  get canPublish(): boolean {
    return !this.#reachability.isFailing('publish');
  }

  /** What was loaded or published here last. */
  get latest(): Latest | undefined {
    return this.#current;
  }

  /** Whether something usable is published that is newer than what was the latest. */
  isNews({ published, now }: ObjectState, latest: Latest | undefined): boolean {
    if (!published || isSame(published.position, this.#unusable)) return false;
    if (!latest) return true;
    return latest.position.incarnation === published.position.incarnation
      ? latest.position.sequence < published.position.sequence
      : latest.snapshot.startedAt < this.#startedAtOf(published, now);
  }

  /**
   * Until the signal, gives what others publish to `accept` as soon as it is loaded, and publishes what could not be
   * published before.
   */
  async follow(accept: (snapshot: ColumnarSnapshot) => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // What cannot be read is somebody else's concern as soon as a snapshot is needed.
      await this.#catchUp(accept, signal).catch(() => undefined);
      await this.news(signal).catch(() => undefined);
    }
  }

  async #catchUp(accept: (snapshot: ColumnarSnapshot) => void, signal: AbortSignal): Promise<void> {
    const state = await this.look();
    const { clock } = this.#options;
    if (state.published && this.isNews(state, this.#current)) {
      const snapshot = await this.load(state.published, state.now);
      if (!signal.aborted) accept(snapshot);
    } else if (
      this.#reachability.isFailing('lease', 'publish') &&
      this.#publishRetry.delayAt(clock.monotonic()) === 0
    ) {
      await (this.#unpublished ? this.publish(this.#unpublished) : this.#probe());
    }
  }

  /** Tries whether anything can be written again, where somebody else has published something newer meanwhile. */
  async #probe(): Promise<void> {
    const { place, clock } = this.#options;
    // It goes with the next publication, which does not name it.
    const block = { hash: `probe ${randomUUID()}`, bytes: new Uint8Array(probeLength) };
    try {
      await this.#attempt('publish', () => place.putBlocks(this.name, [block]));
      this.#reachability.succeeded('lease');
      this.#publishRetry.succeed();
    } catch (error) {
      this.#publishRetry.fail(error, clock.monotonic());
    }
  }

  /** @param seen what is published as far as this gateway knows */
  acquire(seen: Position | undefined, spacingMs: number): Promise<Lease | undefined> {
    const { place, holder, leaseMs, quota = this.name } = this.#options;
    const claim = { holder, leaseMs, quota, seen, spacingMs };
    return this.#attempt('lease', () => place.acquire(this.name, claim));
  }

  /**
   * Loads what is published, or returns it where it is at hand. All callers share one loading.
   *
   * @throws UnusableFile where it is damaged, encrypted with another key, or replaced by now
   */
  load(published: Published, now: number): Promise<ColumnarSnapshot> {
    const { position } = published;
    if (isSame(position, this.#current?.position) && this.#current) {
      return Promise.resolve(this.#current.snapshot);
    }
    if (!this.#loading || !isSame(this.#loading.position, position)) {
      const startedAt = this.#startedAtOf(published, now);
      const snapshot = this.#attempt('load', () => this.#load(published, startedAt)).finally(() => {
        this.#loading = undefined;
      });
      this.#loading = { position, snapshot };
    }
    return this.#loading.snapshot;
  }

  /** From now on, what is published at this position is as good as nothing. */
  reject(position: Position, reason: string): void {
    this.#unusable = position;
    this.#warn(`the shared snapshot ${position.sequence} ${reason}; it is not used`);
  }

  /**
   * Publishes what was scanned. Where that fails, it is tried again from time to time, until something newer is
   * published.
   *
   * @param under the lease under which it was scanned, and what had been published then; undefined where it was scanned
   *   without one, so that one has to be taken for it
   * @throws LeaseLostError where the lease is another's, or another has published something newer
   */
  async publish(scanned: Scanned, under?: LeasedAt): Promise<void> {
    try {
      await this.#attempt('publish', () =>
        under ? this.#publish(scanned, under) : this.#publishUnleased(scanned),
      );
      this.#unpublished = undefined;
      this.#publishRetry.succeed();
    } catch (error) {
      if (error instanceof LeaseLostError) {
        this.#unpublished = undefined;
        this.#publishRetry.succeed();
        throw error;
      }
      this.#unpublished = scanned;
      this.#publishRetry.fail(error, this.#options.clock.monotonic());
    }
  }

  async #publishUnleased(scanned: Scanned): Promise<void> {
    const { published, now } = await this.look();
    if (published && isOlder(scanned, published, now)) throw new LeaseLostError();
    const lease = await this.acquire(published?.position, 0);
    if (!lease) throw new LeaseLostError();
    try {
      await this.#publish(scanned, { lease, published });
    } catch (error) {
      await this.release(lease);
      throw error;
    }
  }

  async #publish({ snapshot, ageMs }: Scanned, { lease, published }: LeasedAt): Promise<void> {
    const { place, owner, observe } = this.#options;
    const before = this.#parts.bytesWritten;
    const isKnown = isSame(this.#current?.position, published?.position);
    const written = await this.#parts.write(snapshot, isKnown ? this.#current : undefined);
    const publication = { ageMs: ageMs(), stats: snapshot.stats, ...written };
    const position = await place.publish(this.name, lease, publication);
    if (!position) throw new LeaseLostError();
    this.#current = { snapshot, position, parts: written.parts };
    const { server, object } = owner;
    const bytes = this.#parts.bytesWritten - before;
    observe({ event: 'snapshot-published', server, object, sequence: position.sequence, bytes });
  }

  /** Keeps the lease until the signal, and tells of the scan's progress. */
  keep(holding: Holding, signal: AbortSignal): Promise<void> {
    const { place, leaseMs, clock } = this.#options;
    const keeping = {
      place,
      object: this.name,
      leaseMs,
      clock,
      acquire: (seen: Position | undefined) => this.acquire(seen, 0),
      onSuccess: () => this.#reachability.succeeded('lease'),
      onFailure: (error: unknown) => this.#reachability.failed('lease', error),
    };
    return keepLease(holding, keeping, signal);
  }

  /** Never rejects: a lease that cannot be given back expires. */
  async release(lease: Lease): Promise<void> {
    await this.#attempt('lease', () => this.#options.place.release(this.name, lease)).catch(() => undefined);
  }

  /** Resolves when there may be something new to see; gateways that start together do not look together for long. */
  async news(signal: AbortSignal): Promise<void> {
    const { place, pollMs, clock } = this.#options;
    const waitMs = pollMs * (leastPoll + (1 - leastPoll) * Math.random());
    const told = new AbortController();
    const stop = place.onNews(() => told.abort());
    try {
      await clock.sleep(waitMs, AbortSignal.any([signal, told.signal])).catch(() => signal.throwIfAborted());
    } finally {
      stop();
    }
  }

  /** Notes whether a step could be taken. */
  async #attempt<T>(step: SharingStep, act: () => Promise<T>): Promise<T> {
    try {
      const result = await act();
      this.#reachability.succeeded(step);
      return result;
    } catch (error) {
      // The place itself has answered.
      const isAnswer = error instanceof UnusableFile || error instanceof LeaseLostError;
      if (!isAnswer) this.#reachability.failed(step, error);
      throw error;
    }
  }

  #warn(message: string): void {
    const { server, object } = this.#options.owner;
    this.#options.observe({ event: 'sharing', server, object, message });
  }

  /** A time of the place's clock in this machine's. */
  #startedAtOf({ beganAt }: Published, now: number): number {
    return this.#options.clock.now() - Math.max(0, now - beganAt);
  }

  async #load({ position, publication }: Published, startedAt: number): Promise<ColumnarSnapshot> {
    const { clock, observe, owner } = this.#options;
    const began = clock.monotonic();
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

/** A snapshot that was scanned here. */
export interface Scanned {
  readonly snapshot: ColumnarSnapshot;
  /** How long ago its scan began, whatever becomes of the machine's clock. */
  readonly ageMs: () => number;
}

/** A lease, and what was published when it was taken. */
export interface LeasedAt {
  readonly lease: Lease;
  readonly published: Published | undefined;
}

/** A snapshot that is published. */
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

/** @param now when it was looked at what is published, by the place's clock */
function isOlder(scanned: Scanned, published: Published, now: number): boolean {
  return published.beganAt > now - scanned.ageMs();
}
