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

/** How a gateway shares its scans with others. */
export interface Sharing {
  readonly place: ExchangePlace;
  /** Encrypts what is published. */
  readonly key: SnapshotKey | undefined;
  /** A name that no other gateway has. */
  readonly holder: string;
  /** How long a silent holder keeps its lease. */
  readonly leaseMs: number;
  /** How long news may go unnoticed. */
  readonly pollMs: number;
}

/** What sharing one object needs in addition. */
export interface SharedObjectOptions extends Sharing {
  readonly owner: SnapshotOwner;
  /** What requests to the object are counted with; undefined where nothing else is. */
  readonly quota: string | undefined;
  readonly observe: Observe;
  readonly clock: Clock;
}

/** The place where gateways meet, as this one uses it for one object; remembers which steps are failing. */
export class PlaceClient {
  /** What the place knows the object by. */
  readonly name: string;
  readonly #options: SharedObjectOptions;
  readonly #reachability: Reachability;
  /** What the last look has found. */
  #state: ObjectState | undefined;
  #publishedAt = 0;

  constructor(options: SharedObjectOptions) {
    this.#options = options;
    this.name = sharedObjectName(options.owner);
    this.#reachability = new Reachability((message) => this.warn(message));
  }

  /** Who scanned when the place was looked at last. */
  get holder(): ObjectState['holder'] {
    return this.#state?.holder;
  }

  /** What was published when the place was looked at last. */
  get published(): Published | undefined {
    return this.#state?.published;
  }

  /** When the scan of that began, by this machine's clock. */
  get publishedAt(): number {
    return this.#publishedAt;
  }

  get isReachable(): boolean {
    return this.#reachability.isReachable;
  }

  /** Whether one of these steps failed when it was taken last. */
  isFailing(...steps: readonly SharingStep[]): boolean {
    return this.#reachability.isFailing(...steps);
  }

  async look(): Promise<ObjectState> {
    const state = await this.attempt('look', () => this.#options.place.look(this.name));
    this.#state = state;
    if (state.published) this.#publishedAt = this.startedAtOf(state.published, state.now);
    return state;
  }

  /** @param seen what is published as far as this gateway knows */
  acquire(seen: Position | undefined, spacingMs: number): Promise<Lease | undefined> {
    const { place, holder, leaseMs, quota = this.name } = this.#options;
    const claim = { holder, leaseMs, quota, seen, spacingMs };
    return this.attempt('lease', () => place.acquire(this.name, claim));
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
    await this.attempt('lease', () => this.#options.place.release(this.name, lease)).catch(() => undefined);
  }

  /** @param signal ends the listening */
  listen(signal: AbortSignal): News {
    return new News(this.#options, signal);
  }

  /** Takes a step, and remembers whether it failed. */
  async attempt<T>(step: SharingStep, act: () => Promise<T>): Promise<T> {
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

  /** Writing works again: whatever failed because it did not may be tried again. */
  wrote(): void {
    this.#reachability.succeeded('lease', 'publish');
  }

  /** When a publication's scan began, by this machine's clock. */
  startedAtOf({ beganAt }: Published, now: number): number {
    return this.#options.clock.now() - Math.max(0, now - beganAt);
  }

  warn(message: string): void {
    const { server, object } = this.#options.owner;
    this.#options.observe({ event: 'sharing', server, object, message });
  }
}
