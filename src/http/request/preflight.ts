import { HttpError } from '../http-error.ts';
import type { HttpRequest } from '../message.ts';

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

/** https://fetch.spec.whatwg.org/#cors-safelisted-request-header */
const simpleContentTypes = /^\s*(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i;

/** Whether a browser sends a request with this `Content-Type`, or none, for any page without a preflight request. */
export function isSimpleContentType(contentType: string): boolean {
  return contentType === '' || simpleContentTypes.test(contentType);
}

/**
 * Rejects a request whose `Content-Type` is simple, unless one of its headers shows that a browser would have sent a preflight
 * request.
 *
 * @throws HttpError 403
 */
export function assertPreflighted(request: HttpRequest): void {
  if (csrfHeaders.some((name) => request.headers[name] !== undefined)) return;
  throw new HttpError(
    403,
    'BAD_REQUEST',
    `a ${request.method} request without Content-Type: application/json needs one of the headers ${csrfHeaders.join(', ')}, so that no other site can make a browser send it`,
  );
}
