import type { Server } from 'node:http';
import { ConfigurationError } from '../../errors.ts';
import { graphqlPath } from '../routes.ts';
import { createNodeServer, type NodeServerOptions } from './node-server.ts';

/** Where to listen. */
export interface Address {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** A server that listens. */
export interface ListeningServer {
  /** The address of GraphQL. */
  readonly url: string;
  /** Requests that are being answered. */
  readonly active: number;
  /** Takes no more requests, and ends when those under way have been answered or `graceMs` have passed. */
  close(graceMs: number): Promise<void>;
}

/** @throws ConfigurationError where the address cannot be listened on */
export async function listen({ host, port }: Address, options: NodeServerOptions): Promise<ListeningServer> {
  const node = createNodeServer(options);
  const { server, stop } = node;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new ConfigurationError(`cannot listen on ${host}:${port} (--host, --port): ${cause.code}`, cause),
      ),
    );
    server.listen(port, host, resolve);
  });
  return {
    url: `http://${authority(server, host)}${graphqlPath}`,
    get active() {
      return node.active;
    },
    close: stop,
  };
}

function authority(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : '';
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
