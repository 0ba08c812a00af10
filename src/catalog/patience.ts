import type { Clock } from '../clock.ts';
import { UnavailableError } from '../errors.ts';
import type { Observe } from '../observation.ts';

/** How long an attempt may fail, and who is told. */
export interface Patience {
  /** Ends the waiting; the last failure is thrown. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly observe: Observe;
}

/** The first wait, which doubles with each, and the longest. */
const firstWaitMs = 500;
const longestWaitMs = 10_000;

/**
 * Attempts something until what it needs is there.
 *
 * @throws what the attempt throws, unless that is an UnavailableError
 */
export async function whenAvailable<T>(
  attempt: () => Promise<T>,
  { signal, clock, observe }: Patience,
): Promise<T> {
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof UnavailableError) || signal.aborted) throw error;
      observe({ event: 'catalog-unavailable', message: error.message, retryInMs: waitMs });
      await clock.sleep(waitMs, signal).catch(() => {
        throw error;
      });
    }
  }
}
