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
import type { Limits } from '../../limits/limits.ts';
import type { Observe } from '../../observation.ts';
import type { ErrorWriter } from '../error-writer.ts';
import { HttpError } from '../http-error.ts';
import { type HttpReply, pathOf, withHeaders } from '../message.ts';
import { plainText, type Routes } from '../routes.ts';
import { Admission, type TakenPlace } from './admission.ts';
import { BodyReader, type HeldBody } from './body.ts';
import { canWriteError, clientError, endWith, maxHeaderSize } from './client-error.ts';
import { type Connection, Connections, tooManyAtOnce } from './connection.ts';
import type { CorsPolicy } from './cross-origin.ts';
import type { HostFilter } from './exposure.ts';
import { GracefulStop } from './graceful-stop.ts';
import { rawResponse, write } from './write.ts';
import { WriteQueue } from './write-queue.ts';

/** The parts of a server. */
export interface NodeServerOptions {
  readonly limits: Limits;
  /** Called only for admitted requests. */
  readonly routes: Routes;
  readonly errors: ErrorWriter;
  readonly cors: CorsPolicy;
  readonly observe: Observe;
  /** Whether the gateway is ready for requests. */
  readonly isReady: () => boolean;
  /** Which `Host` headers are accepted. */
  readonly acceptsHost: HostFilter;
}

/** A `node:http` server that clients cannot exhaust. */
export interface NodeServer {
  readonly server: Server;
  /** The number of requests that are being answered. */
  readonly active: number;
  /** Stops accepting requests, and resolves when those in flight have been answered or `graceMs` have passed. */
  stop(graceMs: number): Promise<void>;
}

/** Creates a server that does not listen yet. It turns requests into plain data, and writes replies. */
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
  const connections = new Connections();
  const stopping = new GracefulStop();
  const writes = new WriteQueue();

  /** The answer to a request whose body has been read. */
  function answer(request: IncomingMessage, body: HeldBody, { client }: Connection): Ready<HttpReply> {
    const { method = 'GET', url = '/', headers } = request;
    const answerIn = (place: TakenPlace) => {
      return routes({ method, url, headers, body: body.bytes, client, place });
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

  /** Answers that need no place: health checks must not have to wait for one. */
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
    if (atOnce) {
      // Thousands may come in one packet.
      if (isTurnSpent()) await nextTurn();
      return send(atOnce, request, response);
    }
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
      await writes.turn();
      const sending = send(reply, request, response);
      if (sending) await sending;
    } finally {
      connection.end();
    }
  }

  const server = createServer(serverOptions(limits), (request, response) => {
    serve(request, response).catch((error: unknown) => {
      // Writing has failed, so that the client cannot be told.
      errors.write(error);
      response.destroy();
    });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const latest = connections.find(socket)?.latest;
    if (!canWriteError(socket, latest)) return void socket.destroy();
    const reply = refusal(clientError(error, limits));
    const corsHeaders = latest ? cors.headersFor(latest.req) : cors.headersForAnybody;
    endWith(socket, rawResponse(withHeaders(reply, corsHeaders)));
  });
  return {
    server,
    get active() {
      return admission.active;
    },
    stop: (graceMs) => stopping.run(server, graceMs),
  };
}

function serverOptions({ bodyTimeout }: Limits): ServerOptions {
  return {
    requestTimeout: bodyTimeout,
    headersTimeout: bodyTimeout,
    // By default Node only checks for late requests every 30 seconds.
    connectionsCheckingInterval: Math.min(1_000, bodyTimeout),
    // Longer than the 60 seconds of AWS' and Nginx' proxies, so that these close idle connections, and not the gateway.
    // Otherwise a request may arrive on a connection that is just being closed.
    keepAliveTimeout: 65_000,
    maxHeaderSize,
  };
}

function foreignHost(): HttpError {
  return new HttpError(
    421,
    'BAD_REQUEST',
    'without authentication the gateway answers only to names of this machine, such as localhost (--allow-unauthenticated)',
  );
}
