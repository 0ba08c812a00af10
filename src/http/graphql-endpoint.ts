import { useCSRFPrevention } from '@graphql-yoga/plugin-csrf-prevention';
import { createYoga, isAsyncIterable, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { Authenticator, Caller } from '../auth/authenticator.ts';
import { GatewayError } from '../errors.ts';
import { type RequestPorts, RequestScope } from '../graphql/request-scope.ts';
import type { RoleSchemas } from '../graphql/role-schemas.ts';
import type { MaxRows } from '../limits/cost.ts';
import { useDeadline } from '../limits/deadline.ts';
import { createDocumentCaches } from '../limits/document-cache.ts';
import { useDocumentLimits } from '../limits/document-limits.ts';
import type { Limits } from '../limits/limits.ts';
import { type TrustedDocumentsOptions, useTrustedDocuments } from '../limits/trusted-documents.ts';
import { useValidation } from '../limits/validation.ts';
import type { Observe } from '../observation.ts';
import type { ReadOptions } from '../snapshot/store.ts';
import { useCacheHints } from './cache-hints.ts';
import { type CorsPolicy, csrfHeaders } from './cross-origin.ts';
import { reportScans } from './explain.ts';
import { introspects } from './introspection.ts';
import { createErrorMask } from './mask-error.ts';

/** Where the endpoint answers. */
export const graphqlPath = '/graphql';

/** What the endpoint is made of. */
export interface EndpointOptions {
  readonly schemas: RoleSchemas;
  readonly authenticator: Authenticator;
  /** What a request of this caller needs to answer. */
  readonly portsFor: (caller: Caller, wish: ReadOptions) => RequestPorts;
  readonly limits: Limits;
  /** The most rows that a page of a connection can have. */
  readonly maxRows: MaxRows;
  readonly cors: CorsPolicy;
  /** The documents that may be asked for; any where undefined. */
  readonly trustedDocuments: TrustedDocumentsOptions | undefined;
  /** Whether clients may introspect the schema. */
  readonly introspection: boolean;
  /** Whether every answer explains its scans. */
  readonly explain: boolean;
  /** How long a snapshot is fresh. */
  readonly maxAgeMs: number;
  readonly observe: Observe;
}

/** What the endpoint knows of a request beside its content. */
export interface EndpointContext {
  caller: Caller;
  scope: RequestScope;
}

/** The GraphQL endpoint: a handler of fetch requests that `node:http` can call too. */
export type GraphQLEndpoint = YogaServerInstance<EndpointContext, object>;

/** Creates the endpoint. */
export function createGraphQLEndpoint(options: EndpointOptions): GraphQLEndpoint {
  const { schemas, limits, introspection, trustedDocuments, observe } = options;
  return createYoga<EndpointContext>({
    graphqlEndpoint: graphqlPath,
    schema: ({ caller }) => schemas.of(caller.role).schema,
    maskedErrors: { maskError: createErrorMask({ observe, suggestions: introspection }) },
    graphiql: false,
    landingPage: false,
    logging: false,
    cors: options.cors,
    batching: false,
    multipart: false,
    maxRequestBodySize: limits.bodyBytes,
    parserAndValidationCache: createDocumentCaches(),
    extraParamNames: ['documentId'],
    plugins: [
      useCSRFPrevention({ requestHeaders: [...csrfHeaders] }),
      useCaller(options),
      ...(trustedDocuments ? [useTrustedDocuments(trustedDocuments)] : []),
      useDocumentLimits(limits, options.maxRows),
      useValidation({ introspection }),
      useDeadline(limits),
      useIsolatedFailures(schemas),
      useScanReports(options.explain),
      useCacheHints(options.maxAgeMs),
    ],
  });
}

/** Establishes who is asking, before anything of the request is looked at. */
function useCaller({ authenticator, portsFor }: EndpointOptions): Plugin<EndpointContext, EndpointContext> {
  return {
    async onRequest({ request, serverContext, fetchAPI, endResponse }) {
      try {
        const caller = await authenticator.authenticate(request.headers.get('authorization'));
        Object.assign(serverContext ?? {}, {
          caller,
          scope: new RequestScope({ ports: portsFor(caller, wishOf(request)), signal: request.signal }),
        });
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        const body = { errors: [{ message: error.message, extensions: { code: error.code } }] };
        endResponse(fetchAPI.Response.json(body, { status: 401, headers: { 'www-authenticate': 'Bearer' } }));
      }
    },
  };
}

function wishOf({ headers }: Request): ReadOptions {
  return { noCache: /\bno-cache\b/.test(headers.get('cache-control') ?? '') };
}

/** Executes so that a root field's failure is its own. Introspection is left to tell of the schema as it is. */
function useIsolatedFailures(schemas: RoleSchemas): Plugin<EndpointContext, EndpointContext> {
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      if (introspects(args.document)) return;
      const { executable } = schemas.of(args.contextValue.caller.role);
      setExecuteFn((execution) => executeFn({ ...execution, schema: executable }));
    },
  };
}

/** Tells of the scans behind an answer in `extensions.scans` where asked, and ends the reading of them. */
function useScanReports(explainAll: boolean): Plugin<EndpointContext, EndpointContext> {
  return {
    onExecute({ args: { contextValue } }) {
      const { scope, request } = contextValue;
      if (!explainAll && request.headers.get('x-fdw-explain') !== '1') return undefined;
      return {
        onExecuteDone({ result, setResult }) {
          if (isAsyncIterable(result)) return;
          setResult({ ...result, extensions: { ...result.extensions, scans: reportScans(scope) } });
        },
      };
    },
    onResponse({ serverContext }) {
      serverContext.scope?.end();
    },
  };
}
