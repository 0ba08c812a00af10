import { ConfigurationError } from '../../errors.ts';
import { HttpError } from '../http-error.ts';
import { type HttpReply, type HttpReplyHeaders, type HttpRequest, headerOf } from '../message.ts';

/** What tells a browser whether a page of another origin may use the gateway. */
export interface CorsPolicy {
  /** The headers for an answer, whatever it is. */
  headersFor(request: Pick<HttpRequest, 'headers'>): HttpReplyHeaders;
  /** The headers for an answer to what could not be read: whose it is, is not known. */
  readonly headersForAnybody: HttpReplyHeaders;
}

/**
 * Request headers of which one must be there where a browser would send the request without asking first, which
 * keeps other origins from causing work. What GraphQL clients send already is accepted.
 */
export const csrfHeaders: readonly string[] = [
  'x-graphql-yoga-csrf',
  'apollo-require-preflight',
  'x-apollo-operation-name',
  'graphql-preflight',
];

/**
 * The CORS policy for a list of origins, of which `*` is any. Without one, no other origin is let in. Credentials
 * are never allowed: tokens come in a header that the page itself sets.
 *
 * @param origins such as `https://app.example`
 * @throws ConfigurationError where one is not an origin
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
      // Also without an origin the answer would be another with one, which caches have to know.
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

/** The reply with more headers; the names in `Vary` are added to those that it has. */
export function withHeaders(reply: HttpReply, added: HttpReplyHeaders): HttpReply {
  if (added === noHeaders) return reply;
  const headers = { ...reply.headers, ...added };
  const { vary } = reply.headers;
  if (vary !== undefined && added.vary !== undefined) headers.vary = `${vary}, ${added.vary}`;
  return { ...reply, headers };
}

/** Where there is nothing to add. */
const noHeaders: HttpReplyHeaders = {};

/** https://fetch.spec.whatwg.org/#cors-safelisted-request-header */
const simpleContentTypes = /^\s*(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i;

/**
 * Refuses what a browser would send for any page without asking first.
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
