import type { Clock } from '../clock.ts';
import { UnavailableError } from '../errors.ts';
import type { Observe } from '../observation.ts';

/** How long to keep trying, and who is notified. */
export interface Patience {
  /** Ends the wait; the last failure is then thrown. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly observe: Observe;
}

/** The first wait, which doubles with each attempt, and its maximum. */
const firstWaitMs = 500;
const longestWaitMs = 10_000;

/**
 * Retries something until it is available.
 *
 * @throws what an attempt throws, unless it is an UnavailableError
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
