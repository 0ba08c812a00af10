import { UnauthenticatedError } from '../errors.ts';

/**
 * The longest `Authorization` header that is parsed, in characters. Real tokens have up to about 8,000; longer ones would
 * only cost time.
 */
export const maxAuthorizationLength = 16_384;

/** `Bearer` and a b64token (RFC 6750, section 2.1); the scheme's case does not matter (RFC 9110, section 11.1). */
const bearer = /^bearer +([\w.~+/-]+=*)$/i;

/**
 * The token of an `Authorization` header.
 *
 * @throws UnauthenticatedError if the header is anything else; the message does not repeat it
 */
export function bearerToken(authorization: string): string {
  if (authorization.length > maxAuthorizationLength) {
    throw new UnauthenticatedError(
      `Authorization must be at most ${maxAuthorizationLength} characters long, but got ${authorization.length}`,
    );
  }
  const token = bearer.exec(authorization.trim())?.[1];
  if (token === undefined) {
    throw new UnauthenticatedError('Authorization must be "Bearer <token>", but got something else');
  }
  return token;
}
