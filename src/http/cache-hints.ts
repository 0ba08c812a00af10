import type { RequestScope } from '../graphql/request-scope.ts';
import type { HttpReplyHeaders } from './message.ts';

/** The request headers on which an answer depends, in addition to the query. */
const varying = 'Accept, Authorization, X-Fdw-Explain';

/** What determines how long an answer may be cached. */
export interface CacheTerms {
  /** Whether the answer is only for this caller. */
  readonly isPersonal: boolean;
  /** Whether it has no errors. */
  readonly isComplete: boolean;
}

/**
 * Tells caches, such as a router's, how long an answer may be used (RFC 9111). The header `Age` says how much of `max-age` has
 * passed already; the remaining lifetime is the difference, after which a new scan is due.
 */
export function cacheHeaders(scope: RequestScope, terms: CacheTerms): HttpReplyHeaders {
  // An answer that is not based on a snapshot has no lifetime: the schema may change at any time.
  if (scope.scans.length === 0) return { 'cache-control': 'no-store', vary: varying };
  let oldestMs = 0;
  let remainingMs = Number.POSITIVE_INFINITY;
  for (const { read } of scope.scans) {
    oldestMs = Math.max(oldestMs, read.ageMs);
    remainingMs = Math.min(remainingMs, read.state === 'stale' ? 0 : read.maxAgeMs - read.ageMs);
  }
  const age = String(Math.floor(oldestMs / 1000));
  if (!terms.isComplete) return { age, 'cache-control': 'no-store', vary: varying };
  const maxAge = Math.floor((remainingMs > 0 ? oldestMs + remainingMs : 0) / 1000);
  const scopeOfUse = terms.isPersonal ? 'private' : 'public';
  return { age, 'cache-control': `${scopeOfUse}, max-age=${maxAge}`, vary: varying };
}
