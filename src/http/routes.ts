import type { GraphiQLPage } from './graphiql/page.ts';
import { type HttpReply, type HttpRequest, pathOf } from './message.ts';
import type { Road } from './road.ts';

/** Where GraphQL answers. */
export const graphqlPath = '/graphql';

/** Answers a request to anything that is served; never rejects. */
export type Routes = (request: HttpRequest) => HttpReply | Promise<HttpReply>;

/** What is served beside GraphQL. */
export interface RouteOptions {
  readonly road: Road;
  readonly graphiql: GraphiQLPage;
  /** Shows how the gateway is doing; undefined where no role may see that. */
  readonly statusRoute?: Routes | undefined;
}

/** Sends each request where it belongs. */
export function createRoutes({ road, graphiql, statusRoute }: RouteOptions): Routes {
  return (request) => {
    const path = pathOf(request);
    if (path === graphqlPath || path === `${graphqlPath}/`) return graphiql.answer(request) ?? road(request);
    if (path === '/status' && statusRoute) return statusRoute(request);
    if (path === '/' && request.method === 'GET') return redirect(graphqlPath);
    return plainText(404, `there is nothing at this address: GraphQL is at ${graphqlPath}`);
  };
}

function redirect(location: string): HttpReply {
  return { status: 302, headers: { location }, body: '' };
}

/** An answer for people and their probes. */
export function plainText(status: number, text: string): HttpReply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: `${text}\n` };
}
