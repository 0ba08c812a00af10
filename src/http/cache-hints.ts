import type { RequestScope } from '../graphql/request-scope.ts';
import type { HttpReplyHeaders } from './message.ts';

/** The request headers that an answer depends on, beside the query. */
const varying = 'Accept, Authorization, X-Fdw-Explain';

/** What decides how long an answer may be used. */
export interface CacheTerms {
  /** Whether the answer is for this caller alone. */
  readonly isPersonal: boolean;
  /** Whether it has no errors. */
  readonly isComplete: boolean;
}

/**
 * Tells caches, such as a router's, how long an answer may be used (RFC 9111). The header `Age` says how much of its
 * `max-age` is over already: what remains is the difference, after which a new scan is due.
 */
export function cacheHeaders(scope: RequestScope, terms: CacheTerms): HttpReplyHeaders {
  // What rests on no snapshot has no freshness either: the schema may be another after the next start.
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
