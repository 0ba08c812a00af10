import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { type Limits, limitSettings } from '../limits/limits.ts';
import { Admission } from './admission.ts';
import { BodyReader } from './body.ts';
import { type CorsPolicy, withHeaders } from './cross-origin.ts';
import type { ErrorWriter } from './error-writer.ts';
import { HttpError } from './http-error.ts';
import { type HttpReply, type HttpRequest, pathOf } from './message.ts';
import { plainText, type Routes } from './routes.ts';
import { rawResponse, write } from './write.ts';

/** What a server is made of. */
export interface NodeServerOptions {
  readonly limits: Limits;
  /** Called only for requests that are let in. */
  readonly routes: Routes;
  readonly errors: ErrorWriter;
  readonly cors: CorsPolicy;
  /** Which `Host` headers are answered. */
  readonly acceptsHost: (header: string | undefined) => boolean;
}

/** A `node:http` server that clients cannot exhaust. */
export interface NodeServer {
  readonly server: Server;
  /** Requests that are being answered. */
  readonly active: number;
}

/** Creates the server, which does not listen yet: requests as they come are made plain data, and answers written. */
export function createNodeServer({
  limits,
  routes,
  errors,
  cors,
  acceptsHost,
}: NodeServerOptions): NodeServer {
  const admission = new Admission(limits);
  const bodies = new BodyReader(limits);
  /** The last response on each connection. */
  const responses = new WeakMap<Socket, ServerResponse>();

  /** Bodies are read before a request takes a place, so that slow ones take none. */
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<HttpReply> {
    if (!acceptsHost(request.headers.host)) throw foreignHost();
    const path = pathOf({ url: request.url ?? '/' });
    if (path === '/healthz' || path === '/readyz') return plainText(200, 'ok');
    if (request.method === 'OPTIONS') return { status: 204, headers: {}, body: '' };
    admission.assertRoom();
    const body = await bodies.read(request);
    try {
      const place = admission.take();
      try {
        return await routes(plainRequest(request, response, body.bytes));
      } finally {
        place.free();
      }
    } finally {
      body.release();
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    responses.set(request.socket, response);
    const reply = await answer(request, response).catch((error: unknown) => errors.reply(error));
    write(response, withHeaders(reply, cors.headersFor(request)));
  }

  const server = createServer(serverOptions(limits), (request, response) => {
    serve(request, response).catch((error: unknown) => {
      // What fails here is the connection, and with it the only one who could be told.
      errors.write(error);
      response.destroy();
    });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const response = responses.get(socket);
    // Bytes of our own may only go where no answer was begun, or the last request is over.
    const isBetween = !response?.headersSent || (response.req.complete && response.writableFinished);
    if (socket.writable && isBetween) {
      const reply = errors.reply(connectionError(error, limits));
      socket.write(rawResponse(withHeaders(reply, cors.headersFor(response?.req ?? { headers: {} }))));
    }
    // Once what was written is gone; a client that does not listen keeps no socket open.
    socket.destroySoon();
  });
  return {
    server,
    get active() {
      return admission.active;
    },
  };
}

function plainRequest(request: IncomingMessage, response: ServerResponse, body: Uint8Array): HttpRequest {
  const client = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) client.abort();
  });
  return {
    method: request.method ?? 'GET',
    url: request.url ?? '/',
    headers: request.headers,
    body,
    signal: client.signal,
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
    maxHeaderSize,
  };
}

/** Bytes: room for the longest token, and then for one that is too long, so that it is refused as a token. */
const maxHeaderSize = 64 * 1024;

function foreignHost(): HttpError {
  return new HttpError(
    421,
    'BAD_REQUEST',
    'without authentication the gateway answers only to names of this machine, such as localhost (--allow-unauthenticated)',
  );
}

/** Codes: https://nodejs.org/api/http.html#event-clienterror and llhttp's */
function connectionError({ code }: NodeJS.ErrnoException, { bodyTimeout }: Limits): HttpError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new HttpError(
      408,
      'REQUEST_TIMEOUT',
      `the request did not arrive within ${bodyTimeout} milliseconds (${limitSettings.bodyTimeout.flag})`,
    );
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new HttpError(431, 'BAD_REQUEST', `the headers have more than ${maxHeaderSize} bytes`);
  }
  return new HttpError(400, 'BAD_REQUEST', 'this is not HTTP/1.1');
}
