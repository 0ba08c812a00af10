import { type ErrorCode, GatewayError } from '../errors.ts';
import { type Limits, limitSettings } from '../limits/limits.ts';
import type { HttpReplyHeaders } from './message.ts';

/** A request is rejected with an HTTP status, whatever media type its client accepts. */
export class HttpError extends GatewayError {
  readonly status: number;
  readonly headers: HttpReplyHeaders;

  constructor(status: number, code: ErrorCode, message: string, headers: HttpReplyHeaders = {}) {
    super(code, message);
    this.status = status;
    this.headers = headers;
  }
}

/** The request is malformed. */
export function badRequest(message: string): HttpError {
  return new HttpError(400, 'BAD_REQUEST', message);
}

/** The seconds after which a client may retry that was rejected because of overload. */
const retryAfterSeconds = 1;

/** The gateway is overloaded. */
export function overloaded(message: string): HttpError {
  return new HttpError(503, 'OVERLOADED', message, { 'retry-after': String(retryAfterSeconds) });
}

/** The client has closed the connection, so that nobody sees this. The status is that of Nginx' log. */
export function clientGone(): HttpError {
  return new HttpError(499, 'BAD_REQUEST', 'the client has closed the connection');
}

/** The body is larger than the limits allow. */
export function bodyTooLarge({ bodyBytes }: Limits): HttpError {
  return new HttpError(
    413,
    'QUERY_TOO_COMPLEX',
    `the body must have at most ${bodyBytes} bytes, but has more (${limitSettings.bodyBytes.flag})`,
  );
}
