import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GuardedListener } from './admission.ts';
import type { ExpressLane } from './express-lane.ts';
import type { GraphiQLPage } from './graphiql.ts';
import { type GraphQLEndpoint, graphqlPath } from './graphql-endpoint.ts';

/** What is served beside GraphQL. */
export interface ListenerOptions {
  readonly endpoint: GraphQLEndpoint;
  /** Undefined where every request needs the endpoint. */
  readonly expressLane: ExpressLane | undefined;
  /** Undefined where clients may not introspect the schema, which GraphiQL lives on. */
  readonly graphiql: GraphiQLPage | undefined;
}

/** Sends each request where it belongs. */
export function createListener({ endpoint, expressLane, graphiql }: ListenerOptions): GuardedListener {
  return async (request, response) => {
    const path = pathOf(request);
    if (path === '/' && request.method === 'GET') return redirect(response, graphqlPath);
    if (path === '/healthz' || path === '/readyz') return answer(response, 200, 'ok');
    if (graphiql?.matches(request)) return graphiql.serve(request, response);
    if (path === graphqlPath) return (await expressLane?.(request, response)) || endpoint(request, response);
    return answer(response, 404, `there is nothing at this address: GraphQL is at ${graphqlPath}`);
  };
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?')[0] ?? '/';
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { location }).end();
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}
