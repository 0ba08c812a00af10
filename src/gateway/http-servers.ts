import type { Server } from 'node:http';
import { ErrorWriter } from '../http/error-writer.ts';
import { HttpError } from '../http/http-error.ts';
import type { Routes } from '../http/routes.ts';
import { acceptedHosts, type Exposure, type HostFilter } from '../http/server/exposure.ts';
import { listen } from '../http/server/listen.ts';
import type { Address, ListeningServer } from '../http/server/listening-server.ts';
import { createNodeServer } from '../http/server/node-server.ts';
import type { RequestHandlerOptions } from '../http/server/request-handler.ts';

/** What the servers lead to once the catalog has been read. */
export type ServedRoutes = Pick<RequestHandlerOptions, 'routes' | 'isReady'>;

export type HttpServersOptions = Pick<RequestHandlerOptions, 'limits' | 'cors' | 'observe'> &
  Omit<Exposure, 'host'>;

/** Seconds after which a request that came too early may be retried; browsers do so by themselves. */
const retryAfterSeconds = 2;

/**
 * Where requests come in: ports, and servers of embedders. They may listen before the catalog has been read. Until then they
 * answer that the gateway is alive but not ready, and when to retry.
 */
export class HttpServers {
  readonly #options: HttpServersOptions;
  readonly #servers: { readonly active: number }[] = [];
  #served: ServedRoutes | undefined;

  constructor(options: HttpServersOptions) {
    this.#options = options;
  }

  /** The number of requests in flight. */
  get active(): number {
    return this.#servers.reduce((sum, { active }) => sum + active, 0);
  }

  /** Answers requests from now on. */
  open(served: ServedRoutes): void {
    this.#served = served;
  }

  /** @throws ConfigurationError if it cannot listen on the address, or may not without authentication */
  async listen(address: Address): Promise<ListeningServer> {
    const acceptsHost = acceptedHosts({ ...this.#options, host: address.host });
    const server = await listen(address, this.#serverOptions(acceptsHost));
    this.#servers.push(server);
    return server;
  }

  /** A server that does not listen, for requests that an embedder's server has received. */
  embed(): Server {
    const node = createNodeServer(this.#serverOptions(() => true));
    this.#servers.push(node);
    return node.server;
  }

  #serverOptions(acceptsHost: HostFilter): RequestHandlerOptions {
    const { limits, cors, observe } = this.#options;
    const routes: Routes = (request) => {
      if (!this.#served) throw tooEarly();
      return this.#served.routes(request);
    };
    return {
      limits,
      cors,
      observe,
      routes,
      isReady: () => this.#served?.isReady() ?? false,
      errors: new ErrorWriter({ observe, suggestions: false }),
      acceptsHost,
    };
  }
}

function tooEarly(): HttpError {
  const seconds = String(retryAfterSeconds);
  return new HttpError(
    503,
    'NOT_READY',
    'the gateway is starting and has not read its catalog yet; retry shortly',
    { 'retry-after': seconds, refresh: seconds },
  );
}
