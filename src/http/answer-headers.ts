import type { RequestScope } from '../graphql/request-scope.ts';
import type { HttpReplyHeaders } from './message.ts';
import type { MediaType } from './request/media-type.ts';

/** The request headers on which an answer depends, in addition to the query. */
const varying = 'Accept, Authorization, X-Fdw-Explain';

/** What the headers of an answer depend on, in addition to its snapshots. */
export interface AnswerTerms {
  readonly mediaType: MediaType;
  /** Whether the answer is only for this caller. */
  readonly isPersonal: boolean;
  /** Whether it has no errors. */
  readonly isComplete: boolean;
}

/**
 * The headers of an answer. They tell caches, such as a router's, how long it may be used (RFC 9111). The header `Age` says how
 * much of `max-age` has passed already; the remaining lifetime is the difference, after which a new scan is due.
 */
export function answerHeaders(
  { scans }: Pick<RequestScope, 'scans'>,
  { mediaType, isPersonal, isComplete }: AnswerTerms,
): HttpReplyHeaders {
  const contentType = `${mediaType}; charset=utf-8`;
  // An answer that is not based on a snapshot has no lifetime: the schema may change at any time.
  if (scans.length === 0) return { 'content-type': contentType, 'cache-control': 'no-store', vary: varying };
  let oldestMs = 0;
  let remainingMs = Number.POSITIVE_INFINITY;
  for (const { read } of scans) {
    oldestMs = Math.max(oldestMs, read.ageMs);
    remainingMs = Math.min(remainingMs, read.state === 'stale' ? 0 : read.maxAgeMs - read.ageMs);
  }
  const age = String(Math.floor(oldestMs / 1000));
  if (!isComplete) return { 'content-type': contentType, age, 'cache-control': 'no-store', vary: varying };
  const maxAge = Math.floor((remainingMs > 0 ? oldestMs + remainingMs : 0) / 1000);
  return {
    'content-type': contentType,
    age,
    'cache-control': `${isPersonal ? 'private' : 'public'}, max-age=${maxAge}`,
    vary: varying,
  };
}
