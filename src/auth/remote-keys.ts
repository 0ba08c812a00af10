import {
  type CryptoKey,
  createRemoteJWKSet,
  customFetch,
  errors,
  type FlattenedJWSInput,
  type JWSHeaderParameters,
} from 'jose';
import type { Clock } from '../clock.ts';
import type { Observe } from '../observation.ts';
import { createKeySetFetch } from './fetch-key-set.ts';

/** Finds the public key that must have signed a token. */
export type KeySource = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>;

/** The key set could not be had, so that nothing can be verified. */
export class KeySetUnavailableError extends Error {}

export interface RemoteKeysOptions {
  readonly observe: Observe;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** How long keys are trusted before they are fetched again, which bounds how long a withdrawn key still works. */
const maxAgeMs = 10 * 60_000;
/** How long one fetch may take. */
const timeoutMs = 5_000;
/** After a fetch that failed or was in vain, the next one waits: from the first to the last of these, doubling. */
const shortestWaitMs = 1_000;
const longestWaitMs = 30_000;

/**
 * Keys from a JWKS address. All requests share one fetch, and the keys it brought. A token that names an unknown
 * key causes a fetch, so that a rotation is noticed at once; but invented key ids cannot cause many. Where the
 * address does not answer in time, or answers nonsense, every token is refused until it does.
 */
export function createRemoteKeys(url: URL, { observe, clock }: RemoteKeysOptions): KeySource {
  const name = `${url.origin}${url.pathname}`;
  const keys = createRemoteJWKSet(url, {
    timeoutDuration: timeoutMs,
    cacheMaxAge: maxAgeMs,
    // When to fetch is decided below.
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
        message: cause instanceof Error ? cause.message : String(cause),
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

/** A wait that doubles each time it begins again, and starts anew once it was not needed for a while. */
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
