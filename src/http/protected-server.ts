import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { type Limits, limitSettings } from '../limits/limits.ts';
import { createAdmission, type GuardedListener, type Refusal, refusalBody, refuse } from './admission.ts';

/** What a protected server is made of. */
export interface ProtectedServerOptions {
  readonly limits: Limits;
  /** Called only for requests that are let in. */
  readonly listener: GuardedListener;
  /** Which `Host` headers are answered. */
  readonly acceptsHost: (header: string | undefined) => boolean;
}

/** A `node:http` server that clients cannot exhaust. */
export interface ProtectedServer {
  readonly server: Server;
  /** Requests that are being answered. */
  readonly active: number;
}

/** Creates the server, which does not listen yet. */
export function createProtectedServer({
  limits,
  listener,
  acceptsHost,
}: ProtectedServerOptions): ProtectedServer {
  const admission = createAdmission(limits);
  const admitted = admission.guard(listener);
  /** The last response on each connection. */
  const responses = new WeakMap<object, ServerResponse>();
  const server = createServer(serverOptions(limits), (request: IncomingMessage, response: ServerResponse) => {
    responses.set(request.socket, response);
    if (!acceptsHost(request.headers.host)) refuse(response, foreignHost);
    else admitted(request, response);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const response = responses.get(socket);
    // Bytes of our own may only go where no answer was begun, or the last request is over.
    const isBetween = !response?.headersSent || (response.req.complete && response.writableFinished);
    if (socket.writable && isBetween) socket.end(rawResponse(refusalOf(error, limits)));
    else socket.destroy();
  });
  return {
    server,
    get active() {
      return admission.active;
    },
  };
}

function serverOptions({ bodyTimeout }: Limits): ServerOptions {
  return {
    requestTimeout: bodyTimeout,
    headersTimeout: bodyTimeout,
    // Node's default looks for late requests every 30 seconds only.
    connectionsCheckingInterval: Math.min(1_000, bodyTimeout),
    // Longer than the 60 seconds for which AWS' and Nginx' proxies keep their idle connections, so that they, and
    // not the gateway, close them; else a request may meet a connection that is just being closed.
    keepAliveTimeout: 65_000,
    // Room for the longest token, and then for one that is too long, so that it is refused as a token.
    maxHeaderSize: 64 * 1024,
  };
}

const foreignHost: Refusal = {
  status: 421,
  code: 'BAD_REQUEST',
  message:
    'without authentication the gateway answers only to names of this machine, such as localhost (--allow-unauthenticated)',
};

/** Codes: https://nodejs.org/api/http.html#event-clienterror and llhttp's */
function refusalOf({ code }: NodeJS.ErrnoException, { bodyTimeout }: Limits): Refusal {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return {
      status: 408,
      code: 'REQUEST_TIMEOUT',
      message: `the request must arrive within ${bodyTimeout} milliseconds, but did not (${limitSettings.bodyTimeout.flag})`,
    };
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return {
      status: 431,
      code: 'BAD_REQUEST',
      message: 'the headers must have at most 65536 bytes, but have more',
    };
  }
  return { status: 400, code: 'BAD_REQUEST', message: 'the request must be HTTP/1.1, but is not' };
}

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

function rawResponse(refusal: Refusal): string {
  const body = refusalBody(refusal);
  return [
    `HTTP/1.1 ${refusal.status} ${reasons[refusal.status] ?? ''}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
