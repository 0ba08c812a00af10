import type { Clock } from '../../clock.ts';
import type { ScanProgress } from '../../source/source.ts';
import type { ExchangePlace, Lease, Position } from './place.ts';

/** Another gateway has taken the lease, or has published something newer. */
export class LeaseLostError extends Error {}

/** A lease while a scan runs under it. */
export interface Holding {
  lease: Lease;
  /** What was published when the lease was taken. */
  readonly seen: Position | undefined;
  /** How many scans share the quota of this one, including itself. */
  scansOfQuota: number;
  readonly progress: () => ScanProgress;
  /** Called when another gateway has taken the lease. */
  readonly lost: () => void;
}

/** How a lease is renewed. */
export interface LeaseKeeping {
  readonly place: ExchangePlace;
  readonly object: string;
  readonly leaseMs: number;
  readonly clock: Clock;
  /** Takes another lease. */
  readonly acquire: (seen: Position | undefined) => Promise<Lease | undefined>;
  readonly onSuccess: () => void;
  /** Called when a renewal failed. The lease stays valid until it expires. */
  readonly onFailure: (error: unknown) => void;
}

/** Renews a lease until the signal is aborted or the lease is lost, and reports the scan's progress to the other gateways. */
export async function keepLease(holding: Holding, keeping: LeaseKeeping, signal: AbortSignal): Promise<void> {
  const { place, object, leaseMs, clock, acquire, onSuccess, onFailure } = keeping;
  for (;;) {
    try {
      const renewal = await place.renew(object, holding.lease, { leaseMs, progress: holding.progress() });
      if (renewal) {
        holding.scansOfQuota = Math.max(1, renewal.scansOfQuota);
      } else {
        signal.throwIfAborted();
        // If the place has lost its data, no other gateway has the lease yet.
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
