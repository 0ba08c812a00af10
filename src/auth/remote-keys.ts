import {
  type CryptoKey,
  createRemoteJWKSet,
  customFetch,
  errors,
  type FlattenedJWSInput,
  type JWSHeaderParameters,
} from 'jose';
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { Observe } from '../observation.ts';
import { createKeySetFetch } from './fetch-key-set.ts';

/** Finds the public key that must have signed a token. */
export type KeySource = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>;

/** The key set could not be fetched, so that nothing can be verified. */
export class KeySetUnavailableError extends Error {}

export interface RemoteKeysOptions {
  readonly observe: Observe;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** How long keys are cached, which also bounds how long a revoked key still works. */
const maxAgeMs = 10 * 60_000;
/** How long one fetch may take. */
const timeoutMs = 5_000;
/** The wait after a failed or useless fetch doubles from the first of these to the last. */
const shortestWaitMs = 1_000;
const longestWaitMs = 30_000;

/**
 * Keys from a JWKS URL. All requests share one fetch and its keys. A token with an unknown key id triggers a fetch, so that a
 * rotation is noticed at once, but invented key ids cannot trigger many. If the URL does not return a key set in time,
 * tokens without a cached key are rejected until it does.
 */
export function createRemoteKeys(url: URL, { observe, clock }: RemoteKeysOptions): KeySource {
  const name = `${url.origin}${url.pathname}`;
  const keys = createRemoteJWKSet(url, {
    timeoutDuration: timeoutMs,
    cacheMaxAge: maxAgeMs,
    // The code below decides when to fetch.
    cooldownDuration: Number.POSITIVE_INFINITY,
    [customFetch]: createKeySetFetch(name, observe),
  });
  const afterFailure = createWait(clock);
  const afterUnknownKey = createWait(clock);
  let pending: Promise<void> | undefined;

  function refresh(): Promise<void> {
    pending ??= fetchKeys().finally(() => {
      pending = undefined;
    });
    return pending;
  }

  async function fetchKeys(): Promise<void> {
    if (!afterFailure.isOver()) throw new KeySetUnavailableError();
    try {
      await keys.reload();
      afterFailure.reset();
    } catch (cause) {
      afterFailure.begin();
      observe({
        event: 'keys-unavailable',
        url: name,
        message: messageOf(cause),
      });
      throw new KeySetUnavailableError('the key set did not answer', { cause });
    }
  }

  return async (header, token) => {
    const isFresh = keys.fresh;
    if (!isFresh) await refresh();
    try {
      return await keys(header, token);
    } catch (error) {
      const isWorthAFetch = isFresh && (pending !== undefined || afterUnknownKey.isOver());
      if (!(error instanceof errors.JWKSNoMatchingKey) || !isWorthAFetch) throw error;
    }
    if (!pending) afterUnknownKey.begin();
    await refresh();
    const key = await keys(header, token);
    afterUnknownKey.reset();
    return key;
  };
}

/** A wait that doubles each time, and is reset when it has not been needed for a while. */
function createWait(clock: RemoteKeysOptions['clock']) {
  let wait = 0;
  let end = 0;
  return {
    isOver: () => clock.monotonic() >= end,
    begin() {
      const isQuiet = clock.monotonic() > end + longestWaitMs;
      wait = isQuiet ? shortestWaitMs : Math.min(Math.max(wait * 2, shortestWaitMs), longestWaitMs);
      end = clock.monotonic() + wait;
    },
    reset() {
      wait = 0;
      end = 0;
    },
  };
}
