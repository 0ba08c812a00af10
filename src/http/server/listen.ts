import type { Server } from 'node:http';
import { ConfigurationError } from '../../errors.ts';
import { graphqlPath } from '../routes.ts';
import type { Address, ListeningServer } from './listening-server.ts';
import { createNodeServer } from './node-server.ts';
import type { RequestHandlerOptions } from './request-handler.ts';

/** @throws ConfigurationError if it cannot listen on the address */
export async function listen(
  { host, port }: Address,
  options: RequestHandlerOptions,
): Promise<ListeningServer> {
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
