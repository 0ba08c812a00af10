import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { endReady, type Ready, whenReady } from '../../columns/ready.ts';
import { isTurnSpent, nextTurn } from '../../columns/turn.ts';
import { type Limits, limitSettings } from '../../limits/limits.ts';

import type { Observe } from '../../observation.ts';
import type { ErrorWriter } from '../error-writer.ts';
import { HttpError } from '../http-error.ts';
import { type HttpReply, pathOf } from '../message.ts';
import { plainText, type Routes } from '../routes.ts';
import { Admission, type TakenPlace } from './admission.ts';
import { BodyReader, type HeldBody } from './body.ts';
import { type Connection, Connections, tooManyAtOnce } from './connection.ts';
import { Compressor } from './content-encoding.ts';
import { type CorsPolicy, withHeaders } from './cross-origin.ts';
import { GracefulStop } from './graceful-stop.ts';
import { rawResponse, write } from './write.ts';

/** What a server is made of. */
export interface NodeServerOptions {
  readonly limits: Limits;
  /** Called only for requests that are let in. */
  readonly routes: Routes;
  readonly errors: ErrorWriter;
  readonly cors: CorsPolicy;
  readonly observe: Observe;
  /** Whether requests would be answered as they should be. */
  readonly isReady: () => boolean;
  /** Which `Host` headers are answered. */
  readonly acceptsHost: (header: string | undefined) => boolean;
}

/** A `node:http` server that clients cannot exhaust. */
export interface NodeServer {
  readonly server: Server;
  /** Requests that are being answered. */
  readonly active: number;
  /** Takes no more requests than are on their way, and ends when they have been answered or `graceMs` have passed. */
  stop(graceMs: number): Promise<void>;
}

/** Creates the server, which does not listen yet: requests as they come are made plain data, and replies written. */
export function createNodeServer({
  limits,
  routes,
  errors,
  cors,
  observe,
  isReady,
  acceptsHost,
}: NodeServerOptions): NodeServer {
  const admission = new Admission(limits);
  const bodies = new BodyReader(limits);
  const compressor = new Compressor();
  const connections = new Connections();
  const stopping = new GracefulStop();

  /** The answer to a request whose body has been read. */
  function answer(request: IncomingMessage, body: HeldBody, { client }: Connection): Ready<HttpReply> {
    const { method = 'GET', url = '/', headers } = request;
    const answerIn = (place: TakenPlace) => {
      const received = { method, url, headers, body: body.bytes, client, place };
      return whenReady(routes(received), (reply) => compressor.compress(reply, received));
    };
    const answerInPlace = () => {
      const place = admission.take();
      return endReady(
        () => answerIn(place),
        () => place.free(),
      );
    };
    return endReady(answerInPlace, () => body.holding.release());
  }

  /** What is answered without a place: whoever asks whether the gateway is well has no time to wait for one. */
  function answerAtOnce({ method, url = '/', headers }: IncomingMessage): HttpReply | undefined {
    const path = pathOf({ url });
    if (path === '/healthz') return plainText(200, 'ok');
    if (path === '/readyz') {
      return stopping.isStopping || !isReady() ? plainText(503, 'not ready') : plainText(200, 'ok');
    }
    if (!acceptsHost(headers.host)) return refusal(foreignHost());
    return method === 'OPTIONS' ? { status: 204, headers: {}, body: '' } : undefined;
  }

  function refusal(error: unknown): HttpReply {
    const reply = errors.reply(error);
    for (const code of reply.codes ?? []) observe({ event: 'refused', status: reply.status, code });
    return reply;
  }

  function send(reply: HttpReply, request: IncomingMessage, response: ServerResponse): Ready<void> {
    return endReady(
      () =>
        whenReady(stopping.held, () => {
          const answered = withHeaders(reply, cors.headersFor(request));
          const last = stopping.isStopping ? withHeaders(answered, { connection: 'close' }) : answered;
          return write(response, last, limits.writeTimeout);
        }),
      () => reply.release?.(),
    );
  }

  /** Waits only for what is not there yet, because a wait costs more than a step of a small request does. */
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const connection = connections.of(request.socket);
    connection.latest = response;
    const atOnce = answerAtOnce(request);
    if (atOnce) return send(atOnce, request, response);
    if (connection.isOverfull) return;
    if (!connection.hasRoom) {
      connection.isOverfull = true;
      return send(withHeaders(refusal(tooManyAtOnce()), { connection: 'close' }), request, response);
    }
    const turn = connection.begin();
    try {
      if (turn) await turn;
      if (turn && isTurnSpent()) await nextTurn();
      let reply: HttpReply;
      try {
        admission.assertRoom();
        // Bodies are read before a request takes a place, so that slow ones take none.
        const body = await bodies.read(request, connection.client);
        const answering = answer(request, body, connection);
        reply = answering instanceof Promise ? await answering : answering;
      } catch (error) {
        reply = refusal(error);
      }
      const sending = send(reply, request, response);
      if (sending) await sending;
    } finally {
      connection.end();
    }
  }

  const server = createServer(serverOptions(limits), (request, response) => {
    serve(request, response).catch((error: unknown) => {
      // What fails here is the writing, and with it the only way to tell the client.
      errors.write(error);
      response.destroy();
    });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const response = connections.find(socket)?.latest;
    // Bytes of our own may only go where no answer was begun, or the last request is over.
    const isBetween = !response?.headersSent || (response.req.complete && response.writableFinished);
    if (socket.writable && isBetween) {
      const reply = refusal(connectionError(error, limits));
      endWith(
        socket,
        rawResponse(withHeaders(reply, response ? cors.headersFor(response.req) : cors.headersForAnybody)),
      );
    } else socket.destroy();
  });
  return {
    server,
    get active() {
      return admission.active;
    },
    stop: (graceMs) => stopping.run(server, graceMs),
  };
}

/** Milliseconds that a client has to take the last bytes of a connection and to close its side of it. */
const farewellMs = 1_000;

/** Ends a connection with these bytes. A client that does not listen keeps no socket open, not even half. */
function endWith(socket: Socket, bytes: string): void {
  socket.end(bytes);
  const timer = setTimeout(() => socket.resetAndDestroy(), farewellMs);
  socket.once('close', () => clearTimeout(timer));
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
