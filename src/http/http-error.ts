import { type ErrorCode, GatewayError } from '../errors.ts';
import { type Limits, limitSettings } from '../limits/limits.ts';
import type { HttpReplyHeaders } from './message.ts';

/** A request that is refused with a status of HTTP, whatever media type its client accepts. */
export class HttpError extends GatewayError {
  readonly status: number;
  readonly headers: HttpReplyHeaders;

  constructor(status: number, code: ErrorCode, message: string, headers: HttpReplyHeaders = {}) {
    super(code, message);
    this.status = status;
    this.headers = headers;
  }
}

/** What is sent is no request that the gateway can read. */
export function badRequest(message: string): HttpError {
  return new HttpError(400, 'BAD_REQUEST', message);
}

/** The client has closed the connection: nobody gets to see it. Nginx logs the same status for it. */
export function clientGone(): HttpError {
  return new HttpError(499, 'BAD_REQUEST', 'the client has closed the connection');
}

/** The body has more bytes than the limits allow. */
export function bodyTooLarge({ bodyBytes }: Limits): HttpError {
  return new HttpError(
    413,
    'QUERY_TOO_COMPLEX',
    `the body must have at most ${bodyBytes} bytes, but has more (${limitSettings.bodyBytes.flag})`,
  );
}
