import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type HttpError, overloaded } from '../http-error.ts';
import { Client } from '../message.ts';

/** The maximum number of pipelined requests on a connection. One is answered, the others wait. */
const longestPipeline = 32;

/** The maximum number of further requests. Node keeps some kilobytes for each as long as the connection is open. */
const mostIgnored = 256;

/** The milliseconds in which requests are read in one turn of the event loop. */
const readMs = 10;

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
  #hasAnswered = false;
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

  /**
   * Ignores a request that had arrived already. A connection with hundreds of them is closed without answers.
   *
   * @returns whether it has been closed by this
   */
  ignore(socket: Socket): boolean {
    const isTooMany = ++this.#ignored === mostIgnored;
    if (isTooMany) socket.destroy();
    return isTooMany;
  }

  /** Whether one of its requests has been answered. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
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
    this.#hasAnswered = true;
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

/** The connections of a server. */
export class Connections {
  readonly #known = new WeakMap<Socket, Connection>();
  readonly #open = new Set<Socket>();
  #isHeld = false;
  /** When reading requests has taken long enough in this turn of the event loop; undefined if none has been read in it. */
  #readEnd: number | undefined;

  /** Adds a connection that a client has opened. */
  open(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
  }

  /** The connection of a request. */
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

  /** To be called for each request that has been read. The others have to wait for the next turn if reading takes long. */
  countRead(): void {
    const now = performance.now();
    if (this.#readEnd === undefined) {
      this.#readEnd = now + readMs;
      setImmediate(this.#endRead);
    } else if (now >= this.#readEnd) {
      this.hold();
    }
  }

  readonly #endRead = (): void => {
    this.#readEnd = undefined;
  };

  /**
   * Reads nothing more in this turn of the event loop; in the next one from connections with answered requests alone, and only
   * then from all. Otherwise everything that has arrived is read in one turn, which takes some 10 ms for each connection with
   * thousands of requests.
   */
  hold(): void {
    if (this.#isHeld) return;
    this.#isHeld = true;
    const held = [...this.#open].filter((socket) => !socket.isPaused());
    for (const socket of held) socket.pause();
    const proven = held.filter((socket) => this.#known.get(socket)?.hasAnswered);
    const others = held.filter((socket) => !this.#known.get(socket)?.hasAnswered);
    setImmediate(() => {
      this.#isHeld = false;
      for (const socket of proven) socket.resume();
      setImmediate(() => {
        for (const socket of others) socket.resume();
      });
    });
  }
}
