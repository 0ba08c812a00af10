import type { Server } from 'node:http';

/** A GraphQL server that listens on loopback. */
export interface ListeningSubgraph {
  /** The address of its GraphQL. */
  readonly url: string;
  close(): Promise<void>;
}

/** @param port 0 lets the system choose */
export async function listen(server: Server, port: number): Promise<ListeningSubgraph> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server must listen on a port');
  return {
    url: `http://127.0.0.1:${address.port}/graphql`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
