import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ConfigurationError } from '../errors.ts';
import { FewAtOnce } from '../http/few-at-once.ts';
import type { HttpReply } from '../http/message.ts';
import { hostsOfPrivatePort } from '../http/server/exposure.ts';
import { write } from '../http/server/write.ts';
import type { AdminPorts } from './admin-routes.ts';
import { answerAdmin } from './admin-routes.ts';

/** The address of the admin port. */
export interface AdminAddress {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
}

/** The listening admin port. */
export interface AdminServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Requests need no bodies here, so one that takes longer is not a probe. */
const requestTimeoutMs = 10_000;
const maxConnections = 64;
/** After as many, a connection is closed: thousands may come in one packet. */
const maxRequestsPerSocket = 100;

/**
 * Serves health, metrics and status for operators on a port of their own. Anyone who can reach it is trusted, except for web
 * pages of other sites.
 *
 * @throws ConfigurationError if it cannot listen on the address
 */
export async function listenAdmin({ host, port }: AdminAddress, ports: AdminPorts): Promise<AdminServer> {
  const acceptsHost = hostsOfPrivatePort(host);
  const views = new FewAtOnce(1);
  const answer = async (request: IncomingMessage): Promise<HttpReply> => {
    if (!acceptsHost(request.headers.host)) {
      return {
        status: 421,
        headers: {},
        body: 'the admin port accepts only names of this machine, such as localhost, as the Host\n',
      };
    }
    if (isView(request)) await views.run(() => nextTurn());
    return answerAdmin(request, ports);
  };
  const server = createServer(
    { requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs },
    (request: IncomingMessage, response: ServerResponse) => {
      request.resume();
      answer(request)
        .catch((error: unknown): HttpReply => {
          ports.onError(error);
          return { status: 500, headers: {}, body: 'the request failed inside the gateway; see its log\n' };
        })
        .then((reply) => write(response, reply, requestTimeoutMs))
        .catch(ports.onError);
    },
  );
  server.maxConnections = maxConnections;
  server.maxRequestsPerSocket = maxRequestsPerSocket;
  await listening(server, host, port);
  const address = server.address();
  const actualPort = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actualPort}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Whether what is asked for takes a millisecond or more: one is made each turn of the event loop, however many come at once. */
function isView({ method, url }: IncomingMessage): boolean {
  return method !== 'POST' && url !== '/live' && url !== '/ready';
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new ConfigurationError(
          `cannot listen on ${host}:${port} (--admin-host, --admin-port): ${cause.code}`,
          cause,
        ),
      ),
    );
    server.listen(port, host, resolve);
  });
}
