import { createHash } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { Pace } from '../../columns/pace.ts';
import type { Observe } from '../../observation.ts';
import { readContent } from '../file/content-reader.ts';
import { writeContent } from '../file/content-writer.ts';
import type { SnapshotKey } from '../file/key.ts';
import { formatVersion } from '../file/preamble.ts';
import { readSealed, writeSealed } from '../file/sealed-file.ts';
import type { SnapshotOwner } from '../file/snapshot-files.ts';
import { UnusableFile } from '../file/unusable-file.ts';
import { ColumnarSnapshot, type SnapshotContent } from '../snapshot.ts';
import { applyDelta } from './apply-delta.ts';
import { BlockFileReader, BlockFileWriter } from './block-file.ts';
import { deltaBetween, isEmptyDelta, readDelta, writeDelta } from './delta.ts';
import type { ExchangePlace, Lease, ObjectState, Part, Position, Published } from './place.ts';

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

/** How it stands with an object's sharing, for metrics and operators. */
export interface SharingStatus {
  readonly holder: string | undefined;
  readonly epoch: number | undefined;
  readonly sequence: number | undefined;
  readonly bytesPublished: number;
  readonly bytesLoaded: number;
  /** Whether the place answered when it was asked last. */
  readonly reachable: boolean;
}

/** A lease or a publication has gone to another gateway. */
export class LeaseLostError extends Error {}

/** After deltas that take this share of a whole snapshot, a whole one is published again. */
const largestDeltas = 0.5;
/** After so many deltas, too: whoever starts has to apply them all. */
const mostDeltas = 64;
/** With more than this share of its rows changed, a whole snapshot is as good as a delta. */
const largestChange = 0.25;
/** A look at what is published must hardly be felt by the requests that are served meanwhile. */
const sliceMs = 1;

/** One object as all gateways see it: what is published of it, and how to publish more. */
export class SharedObject {
  /** What the place knows it by. Gateways of another format share nothing with this one. */
  readonly name: string;
  readonly #options: SharedObjectOptions;
  /** The snapshot that was loaded or published last, and what it consists of. */
  #current: Current | undefined;
  #loading: { readonly position: Position; readonly snapshot: Promise<ColumnarSnapshot> } | undefined;
  /** What could not be read here. */
  #unusable: Position | undefined;
  #state: ObjectState | undefined;
  #reachable = true;
  #bytesPublished = 0;
  #bytesLoaded = 0;

  constructor(options: SharedObjectOptions) {
    this.#options = options;
    this.name = nameOf(options.owner);
  }

  get status(): SharingStatus {
    return {
      holder: this.#state?.holder?.name,
      epoch: this.#state?.holder?.epoch,
      sequence: this.#current?.position.sequence,
      bytesPublished: this.#bytesPublished,
      bytesLoaded: this.#bytesLoaded,
      reachable: this.#reachable,
    };
  }

  async look(): Promise<ObjectState> {
    this.#state = await this.#options.place.look(this.name);
    this.#noteReachable(undefined);
    return this.#state;
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

  /** Gives what others publish to `accept` as soon as it is loaded, until the signal. */
  async follow(accept: (snapshot: ColumnarSnapshot) => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const state = await this.look();
        if (state.published && this.isNews(state, this.#current)) {
          const snapshot = await this.load(state.published, state.now);
          if (!signal.aborted) accept(snapshot);
        }
      } catch (error) {
        // What cannot be read is somebody else's concern as soon as a snapshot is needed.
        if (!(error instanceof UnusableFile)) this.noteUnreachable(error);
      }
      await this.news(signal).catch(() => undefined);
    }
  }

  /** @param seen what is published as far as this gateway knows */
  acquire(seen: Position | undefined, spacingMs: number): Promise<Lease | undefined> {
    const { place, holder, leaseMs, quota = this.name } = this.#options;
    return place.acquire(this.name, { holder, leaseMs, quota, seen, spacingMs });
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
      const snapshot = this.#load(published, this.#startedAtOf(published, now)).finally(() => {
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
   * Publishes a snapshot that was scanned under a lease.
   *
   * @param published what has been published so far
   * @throws LeaseLostError where the lease is another's by now
   */
  async publish(
    snapshot: ColumnarSnapshot,
    lease: Lease,
    published: Published | undefined,
    ageMs: () => number,
  ): Promise<void> {
    const { place, owner, observe } = this.#options;
    const began = this.#bytesPublished;
    const parts = await this.#partsOf(snapshot, published);
    const position = await place.publish(this.name, lease, { ageMs: ageMs(), stats: snapshot.stats, parts });
    if (!position) throw new LeaseLostError();
    this.#current = { snapshot, position, parts };
    const { server, object } = owner;
    const bytes = this.#bytesPublished - began;
    observe({ event: 'snapshot-published', server, object, sequence: position.sequence, bytes });
  }

  /** Keeps the lease until the signal, and tells of the scan's progress. */
  async keep(holding: Holding, signal: AbortSignal): Promise<void> {
    const { place, leaseMs, clock } = this.#options;
    for (;;) {
      try {
        const term = { leaseMs, progress: holding.progress() };
        const renewal = await place.renew(this.name, holding.lease, term);
        if (renewal) {
          holding.scansOfQuota = Math.max(1, renewal.scansOfQuota);
        } else {
          // Where the place has forgotten the lease, nobody else has it yet.
          const lease = await this.acquire(holding.seen, 0);
          if (!lease) return holding.lost();
          holding.lease = lease;
        }
      } catch (error) {
        signal.throwIfAborted();
        this.noteUnreachable(error);
      }
      await clock.sleep(leaseMs / 3, signal);
    }
  }

  async release(lease: Lease): Promise<void> {
    await this.#options.place.release(this.name, lease).catch((error) => this.noteUnreachable(error));
  }

  /** Resolves when there may be something new to see. */
  async news(signal: AbortSignal): Promise<void> {
    const { place, pollMs, clock } = this.#options;
    const told = new AbortController();
    const stop = place.onNews(() => told.abort());
    try {
      await clock.sleep(pollMs, AbortSignal.any([signal, told.signal])).catch(() => signal.throwIfAborted());
    } finally {
      stop();
    }
  }

  noteUnreachable(error: unknown): void {
    this.#noteReachable(error instanceof Error ? error : new Error(String(error)));
  }

  #noteReachable(error: Error | undefined): void {
    const reachable = error === undefined;
    if (reachable === this.#reachable) return;
    this.#reachable = reachable;
    this.#warn(
      reachable
        ? 'scans are shared again'
        : `scans cannot be shared (${error.message}); this gateway scans by itself when it has to`,
    );
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
    const bytesBefore = this.#bytesLoaded;
    const pace = new Pace({ sliceMs });
    const { parts, stats } = publication;
    const known = this.#current?.parts ?? [];
    const isExtended = known.length > 0 && known.every((part, i) => isSamePart(part, parts[i]));
    let content = isExtended ? this.#current?.snapshot.content : undefined;
    for (const part of content ? parts.slice(known.length) : parts) {
      const older: SnapshotContent | undefined = content;
      content = older
        ? await applyDelta(older, await this.#read(part, readDelta), pace)
        : await this.#read(part, readContent);
    }
    if (!content) throw new TypeError('a publication must have a part');
    const snapshot = new ColumnarSnapshot({ ...content, startedAt, stats });
    this.#current = { snapshot, position, parts };
    const { server, object } = owner;
    const durationMs = Math.round(clock.monotonic() - began);
    const bytes = this.#bytesLoaded - bytesBefore;
    observe({ event: 'snapshot-loaded', server, object, sequence: position.sequence, bytes, durationMs });
    return snapshot;
  }

  async #read<T>(part: Part, read: Parameters<typeof readSealed<T>>[3]): Promise<T> {
    const { place, key } = this.#options;
    const content = await readSealed(new BlockFileReader(place, this.name, part), part.byteLength, key, read);
    this.#bytesLoaded += part.byteLength;
    return content;
  }

  /** What is published already, and a delta to it, as long as that is less than all of it. */
  async #partsOf(snapshot: ColumnarSnapshot, published: Published | undefined): Promise<readonly Part[]> {
    const current = this.#current;
    const known = published?.publication.parts ?? [];
    const [whole, ...deltas] = known;
    if (!current || !whole || !isSame(current.position, published?.position) || deltas.length >= mostDeltas) {
      return [await this.#write((out) => writeContent(out, snapshot.content))];
    }
    const delta = await deltaBetween(
      current.snapshot,
      snapshot,
      this.#options.owner.fields,
      new Pace({ sliceMs }),
    );
    if (isEmptyDelta(delta)) return known;
    const changed = (delta.removed.length + delta.positions.length) / 2;
    const byteLength = deltas.reduce((sum, part) => sum + part.byteLength, 0);
    if (changed > largestChange * snapshot.rowCount || byteLength > largestDeltas * whole.byteLength) {
      return [await this.#write((out) => writeContent(out, snapshot.content))];
    }
    return [...known, await this.#write((out) => writeDelta(out, delta))];
  }

  async #write(write: Parameters<typeof writeSealed>[2]): Promise<Part> {
    const { place, key } = this.#options;
    const file = new BlockFileWriter(place, this.name);
    await writeSealed(file, key, write);
    const part = await file.end();
    this.#bytesPublished += part.byteLength;
    return part;
  }
}

/** A lease while a scan runs under it. */
export interface Holding {
  lease: Lease;
  /** What was published when it was taken. */
  readonly seen: Position | undefined;
  /** How many scans share the quota of this one, itself included. */
  scansOfQuota: number;
  readonly progress: () => Parameters<ExchangePlace['renew']>[2]['progress'];
  /** Is told that the lease is another's. */
  readonly lost: () => void;
}

/** A snapshot that is published. */
interface Latest {
  readonly snapshot: ColumnarSnapshot;
  readonly position: Position;
}

interface Current extends Latest {
  readonly parts: readonly Part[];
}

function nameOf({ server, object, origin, fields }: SnapshotOwner): string {
  const identity = [
    formatVersion,
    server,
    object,
    origin ?? null,
    fields.map(({ name, type }) => [name, type]),
  ];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32);
}

function isSame(a: Position | undefined, b: Position | undefined): boolean {
  return a !== undefined && a.incarnation === b?.incarnation && a.sequence === b.sequence;
}

function isSamePart(a: Part, b: Part | undefined): boolean {
  return (
    b !== undefined &&
    a.blocks.length === b.blocks.length &&
    a.blocks.every((hash, i) => hash === b.blocks[i])
  );
}
