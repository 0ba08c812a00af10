import { createServer } from 'node:http';
import { createGatewayRuntime, type GatewayConfigSupergraph } from '@graphql-hive/gateway';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { type ListeningSubgraph, listen } from './listen.ts';

/** One part of a supergraph. */
export interface Subgraph {
  readonly name: string;
  /** Where the router sends its queries. */
  readonly url: string;
  readonly sdl: string;
}

/**
 * Composes subgraphs into a supergraph.
 *
 * @throws Error if they do not compose
 */
export function compose(subgraphs: readonly Subgraph[]): string {
  const { supergraphSdl, errors } = composeServices(
    subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  if (supergraphSdl) return supergraphSdl;
  throw new Error(
    `the subgraphs must compose, but: ${errors?.map(({ message }) => message).join('; ') ?? 'they do not'}`,
  );
}

/** Requests a subgraph's schema. */
export async function askSdl(url: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
  });
  const { data } = await response.json();
  return data._service.sdl;
}

/**
 * Serves a supergraph. The client's `Authorization` is passed on, so that each subgraph decides what it may see.
 *
 * @param port 0 lets the system choose
 * @param options further options of the router
 */
export async function startRouter(
  supergraph: string,
  port = 0,
  options: Omit<GatewayConfigSupergraph, 'supergraph'> = {},
): Promise<ListeningSubgraph> {
  const router = createGatewayRuntime({
    supergraph,
    logging: false,
    // The default page would load GraphiQL from a CDN.
    renderGraphiQL,
    propagateHeaders: {
      fromClientToSubgraphs: ({ request }) => ({ authorization: request.headers.get('authorization') }),
    },
    ...options,
  });
  const { url, close } = await listen(createServer(router), port);
  return {
    url,
    async close() {
      await close();
      await router[Symbol.asyncDispose]();
    },
  };
}
