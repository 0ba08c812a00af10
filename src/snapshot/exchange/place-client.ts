import type { Clock } from '../../clock.ts';
import type { Observe } from '../../observation.ts';
import type { SnapshotKey } from '../file/key.ts';
import type { SnapshotOwner } from '../file/snapshot-files.ts';
import { UnusableFile } from '../file/unusable-file.ts';
import { type Holding, keepLease, LeaseLostError } from './lease-keeper.ts';
import { News } from './news.ts';
import { sharedObjectName } from './object-name.ts';
import type { ExchangePlace, Lease, ObjectState, Position, Published } from './place.ts';
import { Reachability, type SharingStep } from './reachability.ts';

/** How a gateway shares its scans with other gateways. */
export interface Sharing {
  readonly place: ExchangePlace;
  /** Encrypts what is published. */
  readonly key: SnapshotKey | undefined;
  /** The unique name of this gateway. */
  readonly holder: string;
  /** How long a lease lasts if its holder does not renew it. */
  readonly leaseMs: number;
  /** How often to look for news, in case no notification arrives. */
  readonly pollMs: number;
}

/** The options for sharing one object. */
export interface SharedObjectOptions extends Sharing {
  readonly owner: SnapshotOwner;
  /** Identifies the quota that the source's requests count against; undefined if it is the object's own. */
  readonly quota: string | undefined;
  /** The size of the largest snapshot in bytes; unlimited by default. Much longer publications are not read. */
  readonly maxSnapshotBytes?: number | undefined;
  readonly observe: Observe;
  readonly clock: Clock;
}

/** What a look tells of the place's clock. */
interface ClockComparison {
  /**
   * How far it is ahead of the monotonic clock, in milliseconds: too far by at most what the look took, so that no scan seems to
   * have begun before it did.
   */
  readonly aheadMs: number;
  readonly tookMs: number;
  /** By the monotonic clock. */
  readonly answered: number;
}

/** Later the clocks may have drifted apart, or the place may have another one. */
const comparedForMs = 10_000;

/** This gateway's access to the place for one object. Keeps track of which steps are failing. */
export class PlaceClient {
  /** The object's name at the place. */
  readonly name: string;
  readonly #options: SharedObjectOptions;
  readonly #reachability: Reachability;
  /** The result of the last look. */
  #state: ObjectState | undefined;
  #publishedAt = 0;
  /** The comparison of both clocks by the quickest look of late. */
  #comparison: ClockComparison | undefined;

  constructor(options: SharedObjectOptions) {
    this.#options = options;
    this.name = sharedObjectName(options.owner);
    this.#reachability = new Reachability((message) => this.warn(message));
  }

  /** Who was scanning at the last look. */
  get holder(): ObjectState['holder'] {
    return this.#state?.holder;
  }

  /** What was published at the last look. */
  get published(): Published | undefined {
    return this.#state?.published;
  }

  /** When the scan of the publication began, by this machine's clock. */
  get publishedAt(): number {
    return this.#publishedAt;
  }

  get isReachable(): boolean {
    return this.#reachability.isReachable;
  }

  /** Whether the last attempt of one of these steps failed. */
  isFailing(...steps: readonly SharingStep[]): boolean {
    return this.#reachability.isFailing(...steps);
  }

  async look(): Promise<ObjectState> {
    const { place, clock } = this.#options;
    const asked = clock.monotonic();
    const state = await this.attempt('look', () => place.look(this.name));
    this.#state = state;
    this.#compare(state.now, asked);
    if (state.published) this.#publishedAt = this.startedAtOf(state.published, state.now);
    return state;
  }

  /** @param seen the latest publication that this gateway knows of */
  acquire(seen: Position | undefined, spacingMs: number): Promise<Lease | undefined> {
    const { place, holder, leaseMs, quota = this.name } = this.#options;
    const claim = { holder, leaseMs, quota, seen, spacingMs };
    return this.attempt('lease', () => place.acquire(this.name, claim));
  }

  /** Renews the lease until the signal is aborted, and reports the scan's progress. */
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

  /** Never rejects, because a lease that cannot be released expires. */
  async release(lease: Lease): Promise<void> {
    await this.attempt('lease', () => this.#options.place.release(this.name, lease)).catch(() => undefined);
  }

  /** @param signal stops listening */
  listen(signal: AbortSignal): News {
    return new News(this.#options, signal);
  }

  /** Attempts a step, and records whether it failed. */
  async attempt<T>(step: SharingStep, act: () => Promise<T>): Promise<T> {
    try {
      const result = await act();
      this.#reachability.succeeded(step);
      return result;
    } catch (error) {
      // In these cases the place has answered.
      const isAnswer = error instanceof UnusableFile || error instanceof LeaseLostError;
      if (!isAnswer) this.#reachability.failed(step, error);
      throw error;
    }
  }

  /** Records that writing works again, so that failed steps are retried. */
  wrote(): void {
    this.#reachability.succeeded('lease', 'publish');
  }

  /** When a publication's scan began, by this machine's clock. */
  startedAtOf({ beganAt }: Published, now: number): number {
    return this.#options.clock.now() - Math.max(0, now - beganAt);
  }

  /** A look that has to connect first says little about when the place read its clock. */
  #compare(now: number, asked: number): void {
    const answered = this.#options.clock.monotonic();
    const known = this.#comparison;
    const tookMs = answered - asked;
    if (known && tookMs > known.tookMs && answered - known.answered < comparedForMs) return;
    this.#comparison = { aheadMs: now - asked, tookMs, answered };
  }

  /** The time of the place's clock some milliseconds ago, as far as the last look tells, in whole milliseconds. */
  placeTimeBefore(ageMs: number): number {
    return Math.ceil(this.#options.clock.monotonic() + (this.#comparison?.aheadMs ?? 0) - ageMs);
  }

  warn(message: string): void {
    const { server, object } = this.#options.owner;
    this.#options.observe({ event: 'sharing', server, object, message });
  }
}
