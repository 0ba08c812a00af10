import { ConfigurationError } from '../../errors.ts';
import { HttpError } from '../http-error.ts';
import { type HttpReply, type HttpReplyHeaders, type HttpRequest, headerOf } from '../message.ts';

/** Tells browsers which other origins' pages may use the gateway. */
export interface CorsPolicy {
  /** The headers for the answer to a request. */
  headersFor(request: Pick<HttpRequest, 'headers'>): HttpReplyHeaders;
  /** The headers for the answer to a request that could not be read, so that its origin is not known. */
  readonly headersForAnybody: HttpReplyHeaders;
}

/**
 * The headers of which a request needs one if a browser would send it without a preflight request, so that other origins cannot
 * cause work. They include those that GraphQL clients send anyway.
 */
export const csrfHeaders: readonly string[] = [
  'x-graphql-yoga-csrf',
  'apollo-require-preflight',
  'x-apollo-operation-name',
  'graphql-preflight',
];

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

/** Adds headers to a reply. The names in `Vary` are added to existing ones. */
export function withHeaders(reply: HttpReply, added: HttpReplyHeaders): HttpReply {
  if (added === noHeaders) return reply;
  const headers = { ...reply.headers, ...added };
  const { vary } = reply.headers;
  if (vary !== undefined && added.vary !== undefined) headers.vary = `${vary}, ${added.vary}`;
  return { ...reply, headers };
}

/** Nothing to add. */
const noHeaders: HttpReplyHeaders = {};

/** https://fetch.spec.whatwg.org/#cors-safelisted-request-header */
const simpleContentTypes = /^\s*(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i;

/**
 * Rejects requests that a browser sends for any page without a preflight request.
 *
 * @throws HttpError 403
 */
export function assertPreflighted(request: HttpRequest): void {
  const contentType = headerOf(request, 'content-type');
  if (contentType && !simpleContentTypes.test(contentType)) return;
  if (csrfHeaders.some((name) => request.headers[name] !== undefined)) return;
  throw new HttpError(
    403,
    'BAD_REQUEST',
    `a request by ${request.method} without Content-Type: application/json needs one of the headers ${csrfHeaders.join(', ')}, so that no other site can make a browser send it`,
  );
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
