import type { Clock } from '../../clock.ts';
import type { ScanProgress } from '../../source/source.ts';
import type { ExchangePlace, Lease, Position } from './place.ts';

/** A lease or a publication has gone to another gateway. */
export class LeaseLostError extends Error {}

/** A lease while a scan runs under it. */
export interface Holding {
  lease: Lease;
  /** What was published when it was taken. */
  readonly seen: Position | undefined;
  /** How many scans share the quota of this one, itself included. */
  scansOfQuota: number;
  readonly progress: () => ScanProgress;
  /** Is told that the lease is another's. */
  readonly lost: () => void;
}

/** How a lease is kept. */
export interface LeaseKeeping {
  readonly place: ExchangePlace;
  readonly object: string;
  readonly leaseMs: number;
  readonly clock: Clock;
  /** Takes another lease. */
  readonly acquire: (seen: Position | undefined) => Promise<Lease | undefined>;
  readonly onSuccess: () => void;
  /** The lease lives on until it expires. */
  readonly onFailure: (error: unknown) => void;
}

/** Keeps a lease until the signal, or until it is lost, and tells the others of the scan's progress. */
export async function keepLease(holding: Holding, keeping: LeaseKeeping, signal: AbortSignal): Promise<void> {
  const { place, object, leaseMs, clock, acquire, onSuccess, onFailure } = keeping;
  for (;;) {
    try {
      const renewal = await place.renew(object, holding.lease, { leaseMs, progress: holding.progress() });
      if (renewal) {
        holding.scansOfQuota = Math.max(1, renewal.scansOfQuota);
      } else {
        signal.throwIfAborted();
        // Where the place has forgotten the lease, nobody else has it yet.
        const lease = await acquire(holding.seen);
        if (!lease) return holding.lost();
        holding.lease = lease;
      }
      onSuccess();
    } catch (error) {
      signal.throwIfAborted();
      onFailure(error);
    }
    await clock.sleep(leaseMs / 3, signal);
  }
}
