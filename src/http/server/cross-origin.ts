import { ConfigurationError } from '../../errors.ts';
import { type HttpReplyHeaders, type HttpRequest, headerOf, noHeaders } from '../message.ts';

/** Tells browsers which other origins' pages may use the gateway. */
export interface CorsPolicy {
  /** The headers for the answer to a request. */
  headersFor(request: Pick<HttpRequest, 'headers'>): HttpReplyHeaders;
  /** The headers for the answer to a request that could not be read, so that its origin is not known. */
  readonly headersForAnybody: HttpReplyHeaders;
}

/**
 * The CORS policy for a list of origins, in which `*` means any. If it is empty, no other origin is allowed. Credentials are
 * never allowed, because pages set the header with the token themselves.
 *
 * @param origins such as `https://app.example`
 * @throws ConfigurationError if one is not an origin
 */
export function createCorsPolicy(origins: readonly string[]): CorsPolicy {
  for (const origin of origins) assertOrigin(origin);
  const isAllowed = (origin: string) => origins.includes('*') || origins.includes(origin);
  const [only, ...others] = origins.includes('*') ? ['*'] : origins;
  return {
    headersForAnybody: {
      ...(only !== undefined && { vary: 'Origin' }),
      ...(only !== undefined && others.length === 0 && { 'access-control-allow-origin': only }),
    },
    headersFor(request) {
      if (origins.length === 0) return noHeaders;
      const origin = headerOf(request, 'origin');
      // Caches have to know that the answer depends on the origin, even if there is none.
      if (origin === undefined || !isAllowed(origin)) return { vary: 'Origin' };
      return {
        vary: 'Origin, Access-Control-Request-Headers',
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, POST, OPTIONS',
        'access-control-allow-headers':
          headerOf(request, 'access-control-request-headers') ?? 'Authorization, Content-Type',
        'access-control-expose-headers': 'Age, Retry-After',
        'access-control-max-age': '600',
      };
    },
  };
}

function assertOrigin(origin: string): void {
  if (origin === '*') return;
  const isOrigin = URL.canParse(origin) && new URL(origin).origin === origin;
  if (!isOrigin) {
    throw new ConfigurationError(
      `--cors-origin must be * or an origin such as https://app.example, but got ${JSON.stringify(origin)}`,
    );
  }
}
