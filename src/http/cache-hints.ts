import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { RequestScope } from '../graphql/request-scope.ts';
import type { SnapshotRead } from '../snapshot/store.ts';
import type { EndpointContext } from './graphql-endpoint.ts';

/** The request headers that an answer depends on, beside the query. */
const varying = 'Accept, Authorization, X-Fdw-Explain';

/**
 * Tells caches, such as a router's, how long an answer may be used (RFC 9111). The header `Age` says how much of its
 * `max-age` is over already: what remains is the difference, after which a new scan is due.
 *
 * @param maxAgeMs how long a snapshot is fresh
 */
export function useCacheHints(maxAgeMs: number): Plugin<EndpointContext, EndpointContext> {
  const complete = new WeakSet<RequestScope>();
  return {
    onResultProcess({ result, serverContext }) {
      if (Array.isArray(result) || isAsyncIterable(result) || result.errors?.length) return;
      complete.add(serverContext.scope);
    },
    onResponse({ request, response, serverContext: { scope, caller } }) {
      // A token that was sent to a gateway which verifies none may still have mattered on the way here.
      const isPersonal = caller?.authenticated || request.headers.has('authorization');
      const headers =
        scope && complete.has(scope)
          ? cacheHeaders(scope, maxAgeMs, isPersonal)
          : { ...ageHeader(scope), 'cache-control': 'no-store', vary: varying };
      for (const [name, value] of Object.entries(headers)) {
        if (name === 'vary') response.headers.append(name, value);
        else response.headers.set(name, value);
      }
    },
  };
}

/**
 * What the response to a request that was answered without error tells caches.
 *
 * @param maxAgeMs how long a snapshot is fresh
 * @param isPersonal whether the answer is for this caller alone
 */
export function cacheHeaders(
  scope: RequestScope,
  maxAgeMs: number,
  isPersonal: boolean,
): Record<string, string> {
  const reads = [...scope.scans.values()].map(({ read }) => read);
  return { ...ageHeader(scope), 'cache-control': hint(reads, maxAgeMs, isPersonal), vary: varying };
}

/** How old the oldest snapshot behind an answer is, in seconds. */
function ageHeader(scope: RequestScope | undefined): Record<string, string> {
  const ages = [...(scope?.scans.values() ?? [])].map(({ read }) => read.ageMs);
  return ages.length > 0 ? { age: String(Math.floor(Math.max(...ages) / 1000)) } : {};
}

/** What rests on no snapshot has no freshness either: the schema may be another after the next start. */
function hint(reads: readonly SnapshotRead[], maxAgeMs: number, isPersonal: boolean): string {
  if (reads.length === 0) return 'no-store';
  const isFresh = reads.every(({ state, ageMs }) => state !== 'stale' && ageMs < maxAgeMs);
  return `${isPersonal ? 'private' : 'public'}, max-age=${isFresh ? Math.floor(maxAgeMs / 1000) : 0}`;
}
