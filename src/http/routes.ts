import { whenReady } from '../columns/ready.ts';
import type { GraphiQLPage } from './graphiql/page.ts';
import { type HttpReply, type HttpRequest, pathOf } from './message.ts';
import type { Pipeline } from './pipeline.ts';
import type { Compressor } from './server/content-encoding.ts';

/** The path of GraphQL. */
export const graphqlPath = '/graphql';

/** Answers a request to any path; never rejects. */
export type Routes = (request: HttpRequest) => HttpReply | Promise<HttpReply>;

/** What is served in addition to GraphQL. */
export interface RouteOptions {
  readonly pipeline: Pipeline;
  readonly graphiql: GraphiQLPage;
  readonly compressor: Compressor;
  /** Shows the gateway's status; undefined if no role may see that. */
  readonly statusRoute?: Routes | undefined;
}

/** Dispatches requests by their path, and compresses the answers. */
export function createRoutes({ pipeline, graphiql, compressor, statusRoute }: RouteOptions): Routes {
  const answer: Routes = (request) => {
    const path = pathOf(request);
    if (path === graphqlPath || path === `${graphqlPath}/`)
      return graphiql.answer(request) ?? pipeline(request);
    if (path === '/status' && statusRoute) return statusRoute(request);
    if (path === '/' && request.method === 'GET') return redirect(graphqlPath);
    return plainText(404, `not found; GraphQL is at ${graphqlPath}`);
  };
  return (request) => whenReady(answer(request), (reply) => compressor.compress(reply, request));
}

function redirect(location: string): HttpReply {
  return { status: 302, headers: { location }, body: '' };
}

/** An answer as plain text. */
export function plainText(status: number, text: string): HttpReply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: `${text}\n` };
}
