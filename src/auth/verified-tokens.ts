import { LRUCache } from 'lru-cache';
import type { CacheSize } from '../cache-size.ts';
import type { Clock } from '../clock.ts';
import { isTurnSpent, nextTurn } from '../columns/turn.ts';
import type { Claims } from './claims.ts';
import type { VerifyToken } from './token-verifier.ts';

/** How long a token is trusted before it is verified again, which is also how much longer a revoked key works. */
const longestMs = 60_000;
/** The maximum size of all cached tokens, in bytes. */
const capacity = 8 * 1024 * 1024;
/** The estimated memory of a token with its claims: bytes per character, and for the entry itself. */
const bytesPerCharacter = 4;
const overhead = 500;

/** A verified token. */
interface VerifiedToken {
  readonly claims: Claims;
  /** Milliseconds on the monotonic clock. */
  readonly verifiedAt: number;
}

export interface VerifiedTokensOptions {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly clockToleranceSeconds: number;
}

/** Verifies each token once a minute, because clients send the same one with every request. */
export class VerifiedTokens {
  readonly #verify: VerifyToken;
  readonly #options: VerifiedTokensOptions;
  readonly #verified = new LRUCache<string, VerifiedToken>({
    maxSize: capacity,
    sizeCalculation: (_verified, token) => bytesPerCharacter * token.length + overhead,
  });

  constructor(verify: VerifyToken, options: VerifiedTokensOptions) {
    this.#verify = verify;
    this.#options = options;
  }

  get size(): CacheSize {
    return { entries: this.#verified.size, bytes: this.#verified.calculatedSize };
  }

  /** @throws UnauthenticatedError if the token is not valid */
  async verify(token: string): Promise<Claims> {
    const { clock } = this.#options;
    const known = this.#verified.get(token);
    if (known && clock.monotonic() - known.verifiedAt < longestMs && !this.#hasExpired(known.claims)) {
      return known.claims;
    }
    this.#verified.delete(token);
    // Hundreds of new tokens may come at once, valid or not, and each takes a part of a millisecond.
    if (!known && isTurnSpent()) await nextTurn();
    const claims = await this.#verify(token);
    this.#verified.set(token, { claims, verifiedAt: clock.monotonic() });
    return claims;
  }

  /** The rule of RFC 7519, section 4.1.4, in whole seconds like the verification itself. */
  #hasExpired({ exp }: Claims): boolean {
    const { clock, clockToleranceSeconds } = this.#options;
    if (exp === undefined) return false;
    return !(typeof exp === 'number' && exp > Math.floor(clock.now() / 1000) - clockToleranceSeconds);
  }
}
