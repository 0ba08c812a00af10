import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ConfigurationError } from '../errors.ts';
import type { HttpReply } from '../http/message.ts';
import { hostsOfPrivatePort } from '../http/server/exposure.ts';
import { write } from '../http/server/write.ts';
import type { AdminPorts } from './admin-routes.ts';
import { answerAdmin } from './admin-routes.ts';

/** Where the admin port is. */
export interface AdminAddress {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** The admin port, which listens. */
export interface AdminServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Bodies are of no use here: one that takes longer than this is no probe's. */
const requestTimeoutMs = 10_000;
const maxConnections = 64;

/**
 * Health, metrics and status for those who run the gateway, on a port of their own. Whoever reaches it is trusted;
 * web pages of other sites are not.
 *
 * @throws ConfigurationError if the address cannot be listened on
 */
export async function listenAdmin({ host, port }: AdminAddress, ports: AdminPorts): Promise<AdminServer> {
  const acceptsHost = hostsOfPrivatePort(host);
  const answer = async (request: IncomingMessage): Promise<HttpReply> => {
    if (!acceptsHost(request.headers.host)) {
      return { status: 421, headers: {}, body: 'the admin port answers only to names of this machine\n' };
    }
    return answerAdmin(request, ports);
  };
  const server = createServer(
    { requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs },
    (request: IncomingMessage, response: ServerResponse) => {
      request.resume();
      answer(request)
        .catch((error: unknown): HttpReply => {
          ports.onError(error);
          return { status: 500, headers: {}, body: 'the log has more\n' };
        })
        .then((reply) => write(response, reply, requestTimeoutMs))
        .catch(ports.onError);
    },
  );
  server.maxConnections = maxConnections;
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
