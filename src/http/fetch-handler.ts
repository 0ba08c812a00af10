import type { Plugin } from 'graphql-yoga';
import type { Limits } from '../limits/limits.ts';
import type { ErrorWriter } from './error-writer.ts';
import type { FetchHandler, FetchPlugin } from './fetch.ts';
import type { GraphiQLPage } from './graphiql/page.ts';
import { bodyTooLarge } from './http-error.ts';
import { Client, type HttpReply, piecesOf, type ReplyBody, uncounted, withHeaders } from './message.ts';
import type { Pipeline } from './pipeline.ts';
import { graphqlPath } from './routes.ts';
import { type Compressor, decodeBody } from './server/content-encoding.ts';
import type { CorsPolicy } from './server/cross-origin.ts';

export interface FetchHandlerOptions {
  readonly pipeline: Pipeline;
  readonly graphiql: GraphiQLPage;
  readonly errors: ErrorWriter;
  readonly cors: CorsPolicy;
  readonly limits: Limits;
  readonly compressor: Compressor;
  readonly plugins: readonly FetchPlugin[];
}

/**
 * The pipeline for fetch requests to GraphQL. Yoga calls the plugins before and after it, and decides nothing itself. It is loaded
 * with the first request, because it takes a third of the start-up time and `serve` never needs it.
 */
export function createFetchHandler(options: FetchHandlerOptions): FetchHandler {
  let loaded: Promise<FetchHandler> | undefined;
  return async (input, init) => {
    loaded ??= loadFetchHandler(options);
    const handle = await loaded;
    return handle(input, init);
  };
}

async function loadFetchHandler({ plugins, ...options }: FetchHandlerOptions): Promise<FetchHandler> {
  const { createYoga } = await import('graphql-yoga');
  const { fetch } = createYoga<object, object>({
    graphqlEndpoint: graphqlPath,
    cors: false,
    graphiql: false,
    landingPage: false,
    logging: false,
    plugins: [...plugins, usePipeline(options)],
  });
  return async (input, init) => {
    if (typeof input === 'string') return fetch(input, init ?? {});
    if (input instanceof URL) return fetch(input, init ?? {});
    return fetch(init ? new Request(input, init) : input);
  };
}

function usePipeline({
  pipeline,
  graphiql,
  errors,
  cors,
  limits,
  compressor,
}: Omit<FetchHandlerOptions, 'plugins'>): Plugin {
  async function answer(request: Request): Promise<HttpReply> {
    if (request.method === 'OPTIONS') return { status: 204, headers: {}, body: '' };
    const { pathname, search } = new URL(request.url);
    const client = new Client();
    request.signal.addEventListener('abort', () => client.leave(), { once: true });
    if (request.signal.aborted) client.leave();
    const received = {
      method: request.method,
      url: pathname + search,
      headers: Object.fromEntries(request.headers),
      body: await bodyOf(request, limits),
      client,
      place: uncounted,
    };
    return compressor.compress(await (graphiql.answer(received) ?? pipeline(received)), received);
  }
  return {
    async onRequest({ request, fetchAPI, endResponse }) {
      const reply = await answer(request).catch((error: unknown) => errors.reply(error));
      const headers = Object.fromEntries(request.headers);
      const { status, body, headers: all } = withHeaders(reply, cors.headersFor({ headers }));
      endResponse(new fetchAPI.Response(bodyInit(status, body), { status, headers: all }));
      reply.release?.();
    },
  };
}

/** @throws HttpError if the body is larger than the limits allow */
async function bodyOf(request: Request, limits: Limits): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > limits.bodyBytes) throw bodyTooLarge(limits);
    chunks.push(chunk);
  }
  const encoding = request.headers.get('content-encoding') ?? undefined;
  return decodeBody(Buffer.concat(chunks), encoding, limits);
}

function bodyInit(status: number, body: ReplyBody): BodyInit | null {
  if (status === 204 || status === 304) return null;
  return typeof body === 'string' ? body : new Uint8Array(Buffer.concat(piecesOf(body)));
}
