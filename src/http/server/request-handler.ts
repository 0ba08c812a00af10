import type { IncomingMessage, ServerResponse } from 'node:http';
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
import { AnswerQueue } from './answer-queue.ts';
import { BodyReader, type HeldBody } from './body.ts';
import { canWriteError, clientError, endWith } from './client-error.ts';
import { type Connection, Connections, tooManyAtOnce } from './connection.ts';
import type { CorsPolicy } from './cross-origin.ts';
import type { HostFilter } from './exposure.ts';
import type { GracefulStop } from './graceful-stop.ts';
import { rawResponse, write } from './write.ts';

/** What the requests of a server need. */
export interface RequestHandlerOptions {
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

/** Turns the requests of a server into plain data, and writes the replies. */
export class RequestHandler {
  readonly #options: RequestHandlerOptions;
  readonly #stopping: GracefulStop;
  readonly #admission: Admission;
  readonly #bodies: BodyReader;
  readonly #connections = new Connections();
  readonly #answers = new AnswerQueue();

  /** @param stopping of the server, with which answers close their connections */
  constructor(options: RequestHandlerOptions, stopping: GracefulStop) {
    this.#options = options;
    this.#stopping = stopping;
    this.#admission = new Admission(options.limits);
    this.#bodies = new BodyReader(options.limits);
  }

  /** The number of requests that are being answered. */
  get active(): number {
    return this.#admission.active;
  }

  /** To be called for each connection that a client opens, so that all of them can be held. */
  open(socket: Socket): void {
    this.#connections.open(socket);
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.#connections.of(request.socket);
    // Node parses all that has arrived, however much it is.
    if (connection.isOverfull) {
      if (connection.ignore(request.socket)) this.#connections.hold();
      return;
    }
    this.#connections.countRead();
    this.#serve(request, response, connection).catch((error: unknown) => {
      // Writing has failed, so that the client cannot be told.
      this.#options.errors.write(error);
      response.destroy();
    });
  }

  /** Answers a client whose bytes Node cannot read as a request. */
  handleError(error: NodeJS.ErrnoException, socket: Socket): void {
    const { limits, cors } = this.#options;
    const latest = this.#connections.find(socket)?.latest;
    if (!canWriteError(socket, latest)) return void socket.destroy();
    const reply = this.#refusal(clientError(error, limits));
    const corsHeaders = latest ? cors.headersFor(latest.req) : cors.headersForAnybody;
    endWith(socket, rawResponse(withHeaders(reply, corsHeaders)));
  }

  /** Waits only for what is not there yet, because a wait costs more than a step of a small request does. */
  async #serve(request: IncomingMessage, response: ServerResponse, connection: Connection): Promise<void> {
    connection.latest = response;
    if (!connection.hasRoom) {
      connection.becomeOverfull(request.socket);
      const last = withHeaders(this.#refusal(tooManyAtOnce()), { connection: 'close' });
      return this.#send(last, request, response);
    }
    const earlier = connection.begin();
    try {
      if (earlier) await earlier;
      if (earlier && isTurnSpent()) await nextTurn();
      let reply = this.#answerAtOnce(request);
      if (!reply) {
        try {
          this.#admission.assertRoom();
          // Bodies are read before a request takes a place, so that slow ones take none.
          const body = await this.#bodies.read(request, connection.client);
          await this.#answers.turn();
          // Waited for even if it is there, so that all answers are there before the first is written.
          reply = await this.#answer(request, body, connection);
        } catch (error) {
          reply = this.#refusal(error);
        }
      }
      const sending = this.#send(reply, request, response);
      if (sending) await sending;
    } finally {
      connection.end();
    }
  }

  /** Answers that need no place: health checks must not have to wait for one. */
  #answerAtOnce({ method, url = '/', headers }: IncomingMessage): HttpReply | undefined {
    const { isReady, acceptsHost } = this.#options;
    const path = pathOf({ url });
    if (path === '/healthz') return plainText(200, 'ok');
    if (path === '/readyz') {
      return this.#stopping.isStopping || !isReady() ? plainText(503, 'not ready') : plainText(200, 'ok');
    }
    if (!acceptsHost(headers.host)) return this.#refusal(foreignHost());
    return method === 'OPTIONS' ? { status: 204, headers: {}, body: '' } : undefined;
  }

  /** The answer to a request whose body has been read. */
  #answer(request: IncomingMessage, body: HeldBody, { client }: Connection): Ready<HttpReply> {
    const { method = 'GET', url = '/', headers } = request;
    const { bytes, holding } = body;
    let place: TakenPlace | undefined;
    return endReady(
      () => {
        place = this.#admission.take();
        return this.#options.routes({ method, url, headers, body: bytes, client, place });
      },
      () => {
        place?.free();
        holding.release();
      },
    );
  }

  #send(reply: HttpReply, request: IncomingMessage, response: ServerResponse): Ready<void> {
    const { cors, limits } = this.#options;
    return endReady(
      () =>
        whenReady(this.#stopping.held, () => {
          const answered = withHeaders(reply, cors.headersFor(request));
          const last = this.#stopping.isStopping ? withHeaders(answered, { connection: 'close' }) : answered;
          return write(response, last, limits.writeTimeout);
        }),
      () => reply.release?.(),
    );
  }

  #refusal(error: unknown): HttpReply {
    const { errors, observe } = this.#options;
    const reply = errors.reply(error);
    for (const code of reply.codes ?? []) observe({ event: 'refused', status: reply.status, code });
    return reply;
  }
}

function foreignHost(): HttpError {
  return new HttpError(
    421,
    'BAD_REQUEST',
    'without authentication the gateway answers only to names of this machine, such as localhost (--allow-unauthenticated)',
  );
}
