import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { printDuration } from '../../duration.ts';
import { type Limits, limitSettings } from '../../limits/limits.ts';
import { HttpError } from '../http-error.ts';

/** The maximum size of headers in bytes: larger than the longest token, so that one that is too long gets a proper error. */
export const maxHeaderSize = 64 * 1024;

/**
 * The error for a client whose bytes Node cannot read as a request. Codes:
 * https://nodejs.org/api/http.html#event-clienterror and llhttp's.
 */
export function clientError({ code }: NodeJS.ErrnoException, { bodyTimeout }: Limits): HttpError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new HttpError(
      408,
      'REQUEST_TIMEOUT',
      `the request did not arrive within ${printDuration(bodyTimeout)} (${limitSettings.bodyTimeout.flag})`,
    );
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new HttpError(431, 'BAD_REQUEST', `the headers have more than ${maxHeaderSize} bytes`);
  }
  return new HttpError(400, 'BAD_REQUEST', 'the request is not HTTP/1.1');
}

/**
 * Whether an error may be written to the connection: no answer has been started, or the last one is complete.
 *
 * @param latest the response to the connection's latest request, if there was one
 */
export function canWriteError(socket: Socket, latest: ServerResponse | undefined): boolean {
  return socket.writable && (!latest?.headersSent || (latest.req.complete && latest.writableFinished));
}

/** How many milliseconds a client has to read the last bytes of a connection and to close its side. */
const closingMs = 1_000;

/** Ends a connection with these bytes, even if the client does not read them. */
export function endWith(socket: Socket, bytes: string): void {
  socket.end(bytes);
  const timer = setTimeout(() => socket.resetAndDestroy(), closingMs);
  socket.once('close', () => clearTimeout(timer));
}
