import { type Clock, systemClock } from '../../clock.ts';
import { quotaHolder } from './credentials.ts';
import type { CognitoServer } from './options.ts';

/** Paces requests that share a quota, first come, first served. */
export interface TokenBucket {
  /** Resolves when one more request may be sent, or rejects with the signal's reason once it is aborted. */
  take(signal: AbortSignal): Promise<void>;
  /** Reports that the service throttled a request. */
  slowDown(): void;
  /** Pauses all requests for some milliseconds, as the service has asked. */
  pause(ms: number): void;
  /** The current rate in requests per second. */
  readonly requestsPerSecond: number;
}

/** The rate of a bucket. */
export interface TokenBucketOptions {
  readonly requestsPerSecond: number;
  readonly clock?: Clock;
}

/**
 * The burst, as a share of the requests per second: with 25 requests per second there are at most 28 in any one second,
 * which leaves a margin below Cognito's 30 for requests that the network delays and delivers together.
 */
const burst = 0.12;
/** The factor by which a throttle lowers the rate, at most once a second, since requests in flight are throttled as well. */
const decrease = 0.7;
const decreaseEveryMs = 1000;
/** The minimum share of the rate: even if others use the same quota, a scan has to end. */
const floor = 0.4;
/** The share of the full rate that is regained per second without a throttle. */
const recoveryPerSecond = 0.05;

/** A bucket that starts full. */
export function createTokenBucket({
  requestsPerSecond,
  clock = systemClock,
}: TokenBucketOptions): TokenBucket {
  const capacity = Math.max(1, requestsPerSecond * burst);
  const waiting = new Set<() => void>();
  let rate = requestsPerSecond;
  let tokens = capacity;
  let countedAt = clock.monotonic();
  let slowedAt = Number.NEGATIVE_INFINITY;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  /** Ends the wait for the next token; undefined while nobody waits for one. */
  let draining: AbortController | undefined;

  function count(): void {
    const seconds = (clock.monotonic() - countedAt) / 1000;
    countedAt += seconds * 1000;
    tokens = Math.min(capacity, tokens + seconds * rate);
    rate = Math.min(requestsPerSecond, rate + seconds * recoveryPerSecond * requestsPerSecond);
  }

  /** Releases waiting requests, each at its time. */
  async function drain({ signal }: AbortController): Promise<void> {
    while (waiting.size > 0) {
      count();
      const pauseMs = pausedUntil - clock.monotonic();
      for (const letThrough of pauseMs > 0 ? [] : waiting) {
        if (tokens < 1) break;
        tokens -= 1;
        letThrough();
      }
      if (waiting.size === 0) break;
      const refillMs = ((1 - tokens) / rate) * 1000;
      await clock.sleep(Math.ceil(Math.max(pauseMs, refillMs)), signal).catch(() => undefined);
    }
    draining = undefined;
  }

  return {
    take(signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason);
          return;
        }
        waiting.add(letThrough);
        signal.addEventListener('abort', giveUp, { once: true });
        if (!draining) {
          draining = new AbortController();
          void drain(draining);
        }

        function letThrough(): void {
          waiting.delete(letThrough);
          signal.removeEventListener('abort', giveUp);
          resolve();
        }

        function giveUp(): void {
          waiting.delete(letThrough);
          if (waiting.size === 0) draining?.abort();
          reject(signal.reason);
        }
      });
    },
    slowDown() {
      count();
      tokens = Math.min(tokens, 0);
      if (clock.monotonic() - slowedAt < decreaseEveryMs) return;
      slowedAt = clock.monotonic();
      rate = Math.max(floor * requestsPerSecond, rate * decrease);
    },
    pause(ms) {
      pausedUntil = Math.max(pausedUntil, clock.monotonic() + ms);
    },
    get requestsPerSecond() {
      count();
      return rate;
    },
  };
}

/** A bucket's share for one of several processes that use its quota: each request costs what all of theirs do. */
export function shareOf(bucket: TokenBucket, share: () => number): TokenBucket {
  return {
    async take(signal) {
      const cost = Math.max(1, Math.round(1 / share()));
      for (let i = 0; i < cost; i++) await bucket.take(signal);
    },
    slowDown: () => bucket.slowDown(),
    pause: (ms) => bucket.pause(ms),
    get requestsPerSecond() {
      return bucket.requestsPerSecond * share();
    },
  };
}

/** The buckets of a process: one for each pair of credentials and Region, like AWS' quotas. All have the same rate. */
export class TokenBuckets {
  readonly #requestsPerSecond: number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(requestsPerSecond: number) {
    this.#requestsPerSecond = requestsPerSecond;
  }

  /** The bucket that a server shares with all others on the same quota. */
  of({ credentials, region }: CognitoServer): TokenBucket {
    const key = JSON.stringify([quotaHolder(credentials), region]);
    const known = this.#buckets.get(key);
    if (known !== undefined) return known;
    const bucket = createTokenBucket({ requestsPerSecond: this.#requestsPerSecond });
    this.#buckets.set(key, bucket);
    return bucket;
  }
}
