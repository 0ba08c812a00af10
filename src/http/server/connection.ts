import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type HttpError, overloaded } from '../http-error.ts';
import { Client } from '../message.ts';

/** The maximum number of pipelined requests on a connection. One is answered, the others wait. */
const longestPipeline = 32;

/** The maximum number of further requests. Node keeps some kilobytes for each as long as the connection is open. */
const mostIgnored = 256;

/**
 * A client's connection. Pipelined requests are answered one after the other, so that a connection takes one place at most.
 */
export class Connection {
  readonly client = new Client();
  /** The latest response. */
  latest: ServerResponse | undefined;
  #isOverfull = false;
  #ignored = 0;
  #underWay = 0;
  /** Resumes the requests that wait for their turn. */
  readonly #waiting: (() => void)[] = [];

  /** Whether a request was rejected because there are too many. Those after it are ignored. */
  get isOverfull(): boolean {
    return this.#isOverfull;
  }

  /** Ignores all that comes after a rejected request. */
  becomeOverfull(socket: Socket): void {
    this.#isOverfull = true;
    socket.pause();
    abortCheaply(socket);
  }

  /** Ignores a request that had arrived already. A connection with hundreds of them is closed without answers. */
  ignore(socket: Socket): void {
    if (++this.#ignored === mostIgnored) socket.destroy();
  }

  /** Whether it may have another request. */
  get hasRoom(): boolean {
    return this.#underWay < longestPipeline;
  }

  /** Begins a request. Resolves when all earlier ones have ended; undefined if there are none. */
  begin(): Promise<void> | undefined {
    this.#underWay++;
    return this.#underWay > 1 ? new Promise((resume) => this.#waiting.push(resume)) : undefined;
  }

  /** Ends the current request. */
  end(): void {
    this.#underWay--;
    this.#waiting.shift()?.();
  }
}

/**
 * Spares the stack traces of the errors with which Node aborts the requests of a connection that closes: there may be thousands,
 * and nobody sees them.
 */
function abortCheaply(socket: Socket): void {
  const { stackTraceLimit } = Error;
  socket.prependOnceListener('close', () => {
    Error.stackTraceLimit = 0;
  });
  socket.once('close', () => {
    Error.stackTraceLimit = stackTraceLimit;
  });
}

/** A connection has too many requests. */
export function tooManyAtOnce(): HttpError {
  return overloaded(`too many requests on one connection at once (limit ${longestPipeline}); retry shortly`);
}

/** The connections of a server that have sent a request. */
export class Connections {
  readonly #known = new WeakMap<Socket, Connection>();

  of(socket: Socket): Connection {
    const known = this.#known.get(socket);
    if (known) return known;
    const connection = new Connection();
    this.#known.set(socket, connection);
    if (socket.destroyed) connection.client.leave();
    else socket.once('close', () => connection.client.leave());
    return connection;
  }

  /** The connection of a socket, if it has sent a request. */
  find(socket: Socket): Connection | undefined {
    return this.#known.get(socket);
  }
}
