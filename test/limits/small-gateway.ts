import type { AddressInfo } from 'node:net';
import { createSchema, createYoga, type Plugin } from 'graphql-yoga';
import { BadUserInputError, UnauthenticatedError } from '../../src/errors.ts';
import { createErrorMask } from '../../src/http/mask-error.ts';
import { createProtectedServer } from '../../src/http/protected-server.ts';
import { useDeadline } from '../../src/limits/deadline.ts';
import { createDocumentCaches } from '../../src/limits/document-cache.ts';
import { useDocumentLimits } from '../../src/limits/document-limits.ts';
import { type Limits, resolveLimits } from '../../src/limits/limits.ts';
import { useValidation } from '../../src/limits/validation.ts';
import type { Observation } from '../../src/observation.ts';

/** Rows that a page of the small gateway has at most, and where none is asked for. */
export const maxRows = 30;

export interface SmallGatewayOptions {
  readonly limits?: Partial<Limits>;
  readonly introspection?: boolean;
  readonly plugins?: Plugin[];
  readonly acceptsHost?: (header: string | undefined) => boolean;
  /** What the field `slow` waits for. */
  readonly slow?: (signal: AbortSignal | undefined) => Promise<unknown>;
}

/** A real server over a schema made by hand, with everything that protects the real one. */
export interface SmallGateway {
  readonly url: string;
  readonly observations: readonly Observation[];
  readonly active: number;
  ask(query: string, variables?: Record<string, unknown>): Promise<Answer>;
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

const typeDefs = /* GraphQL */ `
  type Query {
    user(id: ID!): User
    users(first: Int, last: Int, filter: UserFilter): UserConnection!
    slow: Int
    fails: Int
    refuses: Int
    mustBe: Int!
    locked: Int
    color(is: Color): Int
    _entities(representations: [Representation!]!): [User]!
  }
  type User { id: ID! name: String friend: User friends(first: Int, last: Int): UserConnection! }
  type UserConnection { edges: [UserEdge!]! totalCount: Int! }
  type UserEdge { node: User! cursor: String! }
  input UserFilter { name: StringFilter and: [UserFilter!] or: [UserFilter!] not: UserFilter }
  input StringFilter { eq: String in: [String!] }
  input Representation { id: ID }
  enum Color { RED GREEN }
`;

const user = { id: 1, name: 'Ada', friend: {}, friends: { edges: [], totalCount: 0 } };

export async function startSmallGateway(options: SmallGatewayOptions = {}): Promise<SmallGateway> {
  const { introspection = true, plugins = [] } = options;
  const limits = resolveLimits(options.limits);
  const observations: Observation[] = [];
  const schema = createSchema({
    typeDefs,
    resolvers: {
      Query: {
        user: () => user,
        users: () => ({ edges: [], totalCount: 0 }),
        slow: (_root, _args, _context, info) => options.slow?.(Reflect.get(info, 'signal')),
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
        _entities: () => [],
      },
    },
  });
  const yoga = createYoga({
    schema,
    logging: false,
    cors: false,
    landingPage: false,
    multipart: false,
    maxRequestBodySize: limits.bodyBytes,
    parserAndValidationCache: createDocumentCaches(),
    extraParamNames: ['documentId'],
    maskedErrors: {
      maskError: createErrorMask({
        observe: (observation) => observations.push(observation),
        suggestions: introspection,
      }),
    },
    plugins: [
      useDocumentLimits(limits, () => maxRows),
      useValidation({ introspection }),
      useDeadline(limits),
      ...plugins,
    ],
  });
  const protectedServer = createProtectedServer({
    limits,
    listener: yoga,
    acceptsHost: options.acceptsHost ?? (() => true),
  });
  const { server } = protectedServer;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${portOf(server.address())}/graphql`;
  return {
    url,
    observations,
    get active() {
      return protectedServer.active;
    },
    ask: (query, variables) => post(url, JSON.stringify({ query, variables })),
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
