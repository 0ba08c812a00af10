import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpError } from '../http-error.ts';
import { Client } from '../message.ts';
import { overloaded } from './admission.ts';

/** How many requests may be under way on a connection: one is answered, the others wait for it. */
const longestPipeline = 32;

/**
 * A client's connection. Its requests are answered one after the other, as a client that sends several at once has to
 * expect: so a connection takes one place at the most.
 */
export class Connection {
  readonly client = new Client();
  /** The response that was begun last. */
  latest: ServerResponse | undefined;
  /** Whether a request was refused because too many are under way: those after it are not looked at any more. */
  isOverfull = false;
  #underWay = 0;
  /** Let go on those that wait for their turn. */
  readonly #waiting: (() => void)[] = [];

  /** Whether another request may be under way. */
  get hasRoom(): boolean {
    return this.#underWay < longestPipeline;
  }

  /** Begins a request. Resolves when all that came before it have ended; undefined where none is left. */
  begin(): Promise<void> | undefined {
    this.#underWay++;
    return this.#underWay > 1 ? new Promise((resume) => this.#waiting.push(resume)) : undefined;
  }

  /** Ends the request whose turn it is. */
  end(): void {
    this.#underWay--;
    this.#waiting.shift()?.();
  }
}

/** A request came for which its connection has no room. */
export function tooManyAtOnce(): HttpError {
  return overloaded(`too many requests on one connection at once (limit ${longestPipeline}); retry shortly`);
}

/** The connections of a server, known from their first request on. */
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

  /** The connection of a socket from which a request has come. */
  find(socket: Socket): Connection | undefined {
    return this.#known.get(socket);
  }
}
