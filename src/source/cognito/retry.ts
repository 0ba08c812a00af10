import { type Clock, systemClock, within } from '../../clock.ts';
import { type Failure, failureOf, TimeoutError } from './failure.ts';
import type { TokenBucket } from './token-bucket.ts';

/** How long and how often a request is retried. Times are in milliseconds. */
export interface RetryPolicy {
  /** The timeout of one attempt. */
  readonly requestTimeoutMs: number;
  /** The failed attempts per request, not counting throttles, as long as the pool has never answered. */
  readonly firstAttempts: number;
  /** The same once it has answered, since there is work to lose. */
  readonly attempts: number;
  /** How long one request may be throttled. */
  readonly throttlePatienceMs: number;
  /** The longest pause after the first failure; it doubles with each further one up to `maxDelayMs`. */
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** The longest `Retry-After` that is obeyed. */
  readonly maxRetryAfterMs: number;
}

/**
 * If one attempt in five fails, ten in a row fail once in ten million requests, and take about 10 s. A quota that others
 * exhaust for two minutes without a gap is not being shared.
 */
export const defaultRetryPolicy: RetryPolicy = {
  requestTimeoutMs: 10_000,
  firstAttempts: 5,
  attempts: 10,
  throttlePatienceMs: 120_000,
  baseDelayMs: 100,
  maxDelayMs: 5_000,
  maxRetryAfterMs: 300_000,
};

/** The dependencies of retrying. */
export interface RetryContext {
  readonly policy: RetryPolicy;
  readonly bucket: TokenBucket;
  readonly clock: Clock;
  /** From 0 to less than 1. */
  readonly random: () => number;
  /** Ends everything, with its reason. */
  readonly signal: AbortSignal;
  /** Whether the pool has answered a request before. */
  hasAnswered(): boolean;
  /** Called before each attempt. */
  onAttempt(number: number): void;
  /** Called for each throttle. */
  onThrottle(): void;
  /** Changes whenever the credentials have to be looked up again. */
  credentialsVersion(): number;
  /** Makes the next attempt look up the credentials again; false if it would find the same. */
  renewCredentials(version: number): boolean;
}

/** A request has failed permanently. */
export class GivenUpError extends Error {
  readonly failure: Failure;
  readonly attempts: number;

  constructor(failure: Failure, attempts: number, cause: unknown) {
    super(`given up after ${attempts} attempts: ${failure.kind}`, { cause });
    this.failure = failure;
    this.attempts = attempts;
  }
}

/**
 * Sends a request until it succeeds, each attempt when the token bucket permits, with "full jitter" delays in between (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 *
 * @throws GivenUpError if it fails permanently or too often
 * @throws the signal's reason once it is aborted
 */
export async function sendWithRetry<T>(
  send: (signal: AbortSignal) => Promise<T>,
  context: RetryContext,
): Promise<T> {
  const { policy, bucket, clock, random, signal } = context;
  let attempts = 0;
  let faults = 0;
  let throttles = 0;
  let throttledSince = 0;
  let renewed = false;
  let corrected = false;
  for (;;) {
    await bucket.take(signal);
    attempts += 1;
    context.onAttempt(attempts);
    const version = context.credentialsVersion();
    try {
      return await withTimeout(send, policy.requestTimeoutMs, signal);
    } catch (error) {
      signal.throwIfAborted();
      const failure = failureOf(error);
      const giveUp = () => new GivenUpError(failure, attempts, error);
      let failures: number;
      switch (failure.kind) {
        case 'throttled':
          bucket.slowDown();
          context.onThrottle();
          if (throttles === 0) throttledSince = clock.monotonic();
          if (clock.monotonic() - throttledSince >= policy.throttlePatienceMs) throw giveUp();
          throttles += 1;
          failures = throttles;
          break;
        case 'unavailable':
        case 'malformed':
          faults += 1;
          if (faults >= (context.hasAnswered() ? policy.attempts : policy.firstAttempts)) throw giveUp();
          failures = faults;
          break;
        case 'denied':
          if (renewed || !context.renewCredentials(version)) throw giveUp();
          renewed = true;
          continue;
        case 'skewed':
          if (corrected) throw giveUp();
          corrected = true;
          continue;
        default:
          throw giveUp();
      }
      if ('retryAfterMs' in failure && failure.retryAfterMs !== undefined) {
        bucket.pause(Math.min(failure.retryAfterMs, policy.maxRetryAfterMs));
      }
      await clock.sleep(
        random() * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (failures - 1)),
        signal,
      );
    }
  }
}

/**
 * The answer, if it comes in time; otherwise the request is aborted.
 *
 * @throws TimeoutError if it does not come
 * @throws the signal's reason once it is aborted
 */
export async function withTimeout<T>(
  send: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<T> {
  signal.throwIfAborted();
  const late = new AbortController();
  // Not everything in `send` observes its signal (looking up credentials does not), so this does not wait for it.
  return within(send(AbortSignal.any([signal, late.signal])), {
    clock: systemClock,
    ms: timeoutMs,
    signal,
    onLate() {
      const error = new TimeoutError(timeoutMs);
      late.abort(error);
      throw error;
    },
  });
}
