import type { AddressInfo } from 'node:net';
import { createSchema } from 'graphql-yoga';
import { BadUserInputError, UnauthenticatedError } from '../../src/errors.ts';
import type { RequestContext } from '../../src/graphql/builder.ts';
import type { RequestPorts } from '../../src/graphql/request-scope.ts';
import { ErrorWriter } from '../../src/http/error-writer.ts';
import { Executor } from '../../src/http/execute.ts';
import { createPipeline } from '../../src/http/pipeline.ts';
import { PreparedDocuments } from '../../src/http/prepare.ts';
import { Receiver } from '../../src/http/request/receive.ts';
import { createRoutes } from '../../src/http/routes.ts';
import { Compressor } from '../../src/http/server/content-encoding.ts';
import { createCorsPolicy } from '../../src/http/server/cross-origin.ts';
import { createNodeServer } from '../../src/http/server/node-server.ts';
import { type Limits, resolveLimits } from '../../src/limits/limits.ts';
import type { TrustedDocumentsOptions } from '../../src/limits/trusted-documents.ts';
import type { Observation, Observe } from '../../src/observation.ts';
import { CursorSeal } from '../../src/rows/page/cursor-seal.ts';
import type { SnapshotRead } from '../../src/snapshot/snapshot-read.ts';
import { smallSchema, smallSnapshot } from './small-schema.ts';

export interface SmallGatewayOptions {
  readonly limits?: Partial<Limits>;
  readonly introspection?: boolean;
  readonly trustedDocuments?: TrustedDocumentsOptions;
  readonly automaticPersistedQueries?: boolean;
  readonly corsOrigins?: readonly string[];
  readonly acceptsHost?: (header: string | undefined) => boolean;
  /** Where the fields of users get their snapshot from. */
  readonly read?: RequestPorts['read'];
  /** Where they get it from where it is at hand. */
  readonly tryRead?: RequestPorts['tryRead'];
  readonly visibilityOf?: RequestPorts['visibilityOf'];
  /** What the field `slow` waits for. */
  readonly slow?: (signal: AbortSignal | undefined) => Promise<unknown>;
}

/** A real server over a schema made by hand, with everything that protects the real one. */
export interface SmallGateway {
  readonly url: string;
  readonly observations: readonly Observation[];
  readonly active: number;
  readonly executor: Executor;
  ask(query: string, variables?: Record<string, unknown>): Promise<Answer>;
  /** Stops as it does when the process is told to end. */
  stop(graceMs: number): Promise<void>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly unknown[];
    readonly locations?: readonly unknown[];
    readonly extensions?: Readonly<Record<string, unknown>>;
  }[];
}

const extraTypeDefs = /* GraphQL */ `
  type Query {
    slow: Int
    fails: Int
    refuses: Int
    mustBe: Int!
    locked: Int
    color(is: Color): Int
  }
  enum Color { RED GREEN }
`;

export async function startSmallGateway(options: SmallGatewayOptions = {}): Promise<SmallGateway> {
  const { introspection = true } = options;
  const limits = resolveLimits(options.limits);
  const observations: Observation[] = [];
  const extra = createSchema<RequestContext>({
    typeDefs: extraTypeDefs,
    resolvers: {
      Query: {
        slow: (_root, _args, { scope }: RequestContext) => options.slow?.(scope.signal),
        fails: () => {
          throw new TypeError('the password is hunter2');
        },
        refuses: () => {
          throw new BadUserInputError(
            'filter.name.eq',
            'filter.name.eq must be short, but got something long',
          );
        },
        mustBe: () => null,
        locked: () => {
          throw new UnauthenticatedError('the token must not have expired, but has');
        },
      },
    },
  });
  const schema = smallSchema(extra.getQueryType()?.toConfig().fields ?? {});
  const roleSchema = { tables: [], schema, executable: schema, print: () => '' };
  // What is told of every request is none of these tests' business.
  const observe: Observe = (observation) => {
    if (observation.event !== 'request' && observation.event !== 'refused') observations.push(observation);
  };
  const errors = new ErrorWriter({ observe, suggestions: introspection });
  const { trustedDocuments, read = lendSmall, visibilityOf = () => 'all' } = options;
  const { automaticPersistedQueries = true } = options;
  const documents = new PreparedDocuments({
    limits,
    introspection,
    trustedDocuments,
    automaticPersistedQueries,
  });
  const executor = new Executor({ observe, suggestions: introspection });
  executor.warm(documents.trusted(roleSchema));
  const pipeline = createPipeline({
    schemas: { of: () => roleSchema },
    authenticator: {
      authenticate: async () => ({ role: 'anybody', claims: {}, authenticated: false }),
    },
    portsFor: (_caller, { place }) => ({
      tryRead: options.tryRead ?? (() => undefined),
      read: (table, signal) => place.whileWaiting(() => read(table, signal)),
      visibilityOf,
      seal: new CursorSeal(),
    }),
    receiver: new Receiver(),
    documents,
    executor,
    errors,
    observe,
    limits,
    allowNoCache: 'all',
    explain: false,
  });
  const nodeServer = createNodeServer({
    limits,
    routes: createRoutes({
      pipeline,
      graphiql: { answer: () => undefined },
      compressor: new Compressor(),
    }),
    errors,
    observe,
    isReady: () => true,
    cors: createCorsPolicy(options.corsOrigins ?? []),
    acceptsHost: options.acceptsHost ?? (() => true),
  });
  const { server } = nodeServer;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${portOf(server.address())}/graphql`;
  return {
    url,
    observations,
    executor,
    get active() {
      return nodeServer.active;
    },
    ask: (query, variables) => post(url, JSON.stringify({ query, variables })),
    stop: (graceMs) => nodeServer.stop(graceMs),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export async function post(url: string, body: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  const result: object = JSON.parse(await response.text());
  return { ...result, status: response.status, headers: response.headers };
}

export function portOf(address: string | AddressInfo | null): number {
  if (typeof address !== 'object' || address === null) throw new Error('the server must listen on a port');
  return address.port;
}

const snapshot = smallSnapshot();

async function lendSmall(): Promise<SnapshotRead> {
  return { snapshot: await snapshot, state: 'fresh', ageMs: 0, maxAgeMs: 60_000, release: () => undefined };
}
