import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { ScanProgress } from '../../source/source.ts';
import {
  type Block,
  blocksOf,
  type Claim,
  type ExchangePlace,
  type Lease,
  type ObjectState,
  type Position,
  type Publication,
  type Published,
  type Renewal,
  type Term,
} from './place.ts';

/** A place in the memory of one process, for its own stores or, through messages, for other processes of the machine. */
export class MemoryPlace implements ExchangePlace {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #incarnation = randomUUID();
  readonly #objects = new Map<string, SharedObject>();
  readonly #listeners = new Set<() => void>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** The number of blocks it stores. */
  get blockCount(): number {
    return [...this.#objects.values()].reduce((sum, { blocks }) => sum + blocks.size, 0);
  }

  /** The highest sequence number of all publications. */
  get lastSequence(): number {
    return Math.max(
      0,
      ...[...this.#objects.values()].map(({ published }) => published?.position.sequence ?? 0),
    );
  }

  async look(object: string): Promise<ObjectState> {
    const now = this.#clock.monotonic();
    const { epoch, lease, published, beganAt } = this.#of(object);
    const holder =
      lease && lease.expiresAt > now ? { name: lease.holder, epoch, progress: lease.progress } : undefined;
    return { now, beganAt, holder, published };
  }

  async acquire(
    object: string,
    { holder, leaseMs, quota, seen, spacingMs }: Claim,
  ): Promise<Lease | undefined> {
    const now = this.#clock.monotonic();
    const shared = this.#of(object);
    if (shared.lease && shared.lease.expiresAt > now) return undefined;
    if (shared.published?.position.sequence !== seen?.sequence) return undefined;
    if (shared.beganAt !== undefined && shared.beganAt + spacingMs > now) return undefined;
    shared.epoch += 1;
    shared.beganAt = now;
    shared.lease = { holder, quota, expiresAt: now + leaseMs, progress: undefined };
    return { holder, incarnation: this.#incarnation, epoch: shared.epoch };
  }

  async renew(object: string, lease: Lease, { leaseMs, progress }: Term): Promise<Renewal | undefined> {
    const shared = this.#of(object);
    if (!holds(shared, lease) || !shared.lease) return undefined;
    const now = this.#clock.monotonic();
    const { quota } = shared.lease;
    shared.lease = { ...shared.lease, expiresAt: now + leaseMs, progress };
    const scans = [...this.#objects.values()].filter(
      (other) => other.lease && other.lease.quota === quota && other.lease.expiresAt > now,
    );
    return { scansOfQuota: scans.length };
  }

  async release(object: string, lease: Lease): Promise<void> {
    const shared = this.#of(object);
    if (holds(shared, lease)) shared.lease = undefined;
    this.#tell();
  }

  async putBlocks(object: string, blocks: readonly Block[]): Promise<void> {
    for (const { hash, bytes } of blocks) this.#of(object).blocks.set(hash, bytes);
  }

  async getBlocks(object: string, hashes: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const { blocks } = this.#of(object);
    return new Map(
      hashes.flatMap((hash) => {
        const bytes = blocks.get(hash);
        return bytes ? [[hash, bytes] as const] : [];
      }),
    );
  }

  async publish(
    object: string,
    lease: Lease,
    { beganAt, ...publication }: Publication,
  ): Promise<Position | undefined> {
    const shared = this.#of(object);
    const now = this.#clock.monotonic();
    if (!holds(shared, lease) || !shared.lease || shared.lease.expiresAt <= now) return undefined;
    const sequence = (shared.published?.position.sequence ?? 0) + 1;
    const position = { incarnation: this.#incarnation, sequence };
    shared.published = { position, beganAt, publication };
    shared.lease = undefined;
    const named = new Set(blocksOf(publication));
    for (const hash of shared.blocks.keys()) if (!named.has(hash)) shared.blocks.delete(hash);
    this.#tell();
    return position;
  }

  onNews(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #of(object: string): SharedObject {
    const known = this.#objects.get(object);
    const shared = known ?? {
      epoch: 0,
      beganAt: undefined,
      lease: undefined,
      published: undefined,
      blocks: new Map(),
    };
    this.#objects.set(object, shared);
    return shared;
  }
}

interface SharedObject {
  epoch: number;
  beganAt: number | undefined;
  lease: { holder: string; quota: string; expiresAt: number; progress: ScanProgress | undefined } | undefined;
  published: Published | undefined;
  readonly blocks: Map<string, Uint8Array>;
}

function holds({ lease, epoch }: SharedObject, { holder, epoch: held }: Lease): boolean {
  return lease?.holder === holder && epoch === held;
}
