import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import type { Claims } from './claims.ts';
import type { VerifyToken } from './token-verifier.ts';

/** How long a token is believed without being verified anew: so much longer does a withdrawn key work. */
const longestMs = 60_000;
/** Bytes that all remembered tokens may take together. */
const capacity = 8 * 1024 * 1024;
/** How many times its length a token takes in memory with its claims, and what it takes beside: estimates. */
const bytesPerCharacter = 4;
const overhead = 500;

/** A token that was verified. */
interface VerifiedToken {
  readonly claims: Claims;
  /** Milliseconds on the monotonic clock. */
  readonly verifiedAt: number;
}

export interface VerifiedTokensOptions {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly clockToleranceSeconds: number;
}

/** The same verification, done once a minute for each token: a client sends the same one with every request. */
export function rememberVerified(
  verify: VerifyToken,
  { clock, clockToleranceSeconds }: VerifiedTokensOptions,
): VerifyToken {
  const verified = new LRUCache<string, VerifiedToken>({
    maxSize: capacity,
    sizeCalculation: (_verified, token) => bytesPerCharacter * token.length + overhead,
  });
  /** By the rule of RFC 7519, section 4.1.4, in whole seconds as the verification has it. */
  const hasExpired = ({ exp }: Claims) =>
    exp !== undefined &&
    !(typeof exp === 'number' && exp > Math.floor(clock.now() / 1000) - clockToleranceSeconds);

  return async (token) => {
    const known = verified.get(token);
    if (known && clock.monotonic() - known.verifiedAt < longestMs && !hasExpired(known.claims)) {
      return known.claims;
    }
    verified.delete(token);
    const claims = await verify(token);
    verified.set(token, { claims, verifiedAt: clock.monotonic() });
    return claims;
  };
}
