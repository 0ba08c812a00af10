import type { RequestScope } from '../graphql/request-scope.ts';
import type { SnapshotRead } from '../snapshot/store.ts';
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
  const reads = [...scope.scans.values()].map(({ read }) => read);
  return { ...ageHeader(reads), 'cache-control': directives(reads, terms), vary: varying };
}

/** How old the oldest snapshot behind an answer is, in seconds. */
function ageHeader(reads: readonly SnapshotRead[]): HttpReplyHeaders {
  if (reads.length === 0) return {};
  return { age: String(Math.floor(Math.max(...reads.map(({ ageMs }) => ageMs)) / 1000)) };
}

/** What rests on no snapshot has no freshness either: the schema may be another after the next start. */
function directives(reads: readonly SnapshotRead[], { isPersonal, isComplete }: CacheTerms): string {
  if (reads.length === 0 || !isComplete) return 'no-store';
  const oldestMs = Math.max(...reads.map(({ ageMs }) => ageMs));
  const remainingMs = Math.min(
    ...reads.map(({ state, ageMs, maxAgeMs }) => (state === 'stale' ? 0 : maxAgeMs - ageMs)),
  );
  const maxAgeMs = remainingMs > 0 ? oldestMs + remainingMs : 0;
  return `${isPersonal ? 'private' : 'public'}, max-age=${Math.floor(maxAgeMs / 1000)}`;
}
