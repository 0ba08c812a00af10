import { createServer, type Server, type ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { Limits } from '../../limits/limits.ts';
import { maxHeaderSize } from './client-error.ts';
import { GracefulStop } from './graceful-stop.ts';
import { RequestHandler, type RequestHandlerOptions } from './request-handler.ts';

/** A `node:http` server that clients cannot exhaust. */
export interface NodeServer {
  readonly server: Server;
  /** The number of requests that are being answered. */
  readonly active: number;
  /** Stops accepting requests, and resolves when those in flight have been answered or `graceMs` have passed. */
  stop(graceMs: number): Promise<void>;
}

/** Creates a server that does not listen yet. */
export function createNodeServer(options: RequestHandlerOptions): NodeServer {
  const stopping = new GracefulStop();
  const handler = new RequestHandler(options, stopping);
  const server = createServer(serverOptions(options.limits), (request, response) => {
    handler.handle(request, response);
  });
  server.on('connection', (socket) => handler.open(socket));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    handler.handleError(error, socket);
  });
  return {
    server,
    get active() {
      return handler.active;
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
