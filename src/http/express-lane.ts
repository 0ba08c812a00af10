import type { ServerResponse } from 'node:http';
import {
  type DocumentNode,
  type GraphQLSchema,
  getOperationAST,
  type ListValueNode,
  type ObjectValueNode,
  specifiedRules,
  validate,
  visit,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { createLRUCache } from 'graphql-yoga';
import type { Authenticator, Caller } from '../auth/authenticator.ts';
import { type RequestPorts, RequestScope } from '../graphql/request-scope.ts';
import type { RoleSchema, RoleSchemas } from '../graphql/role-schemas.ts';
import { estimateCost, type MaxRows } from '../limits/cost.ts';
import { parseWithin } from '../limits/document-limits.ts';
import type { Limits } from '../limits/limits.ts';
import { assertVariableLimits } from '../limits/variables.ts';
import type { ArrivedRequest } from './admission.ts';
import { cacheHeaders } from './cache-hints.ts';
import { type Variables, withCoercedObjects } from './coerced-variables.ts';
import { introspects } from './introspection.ts';

/** What the lane is made of. */
export interface ExpressLaneOptions {
  readonly schemas: RoleSchemas;
  readonly authenticator: Authenticator;
  readonly limits: Limits;
  readonly maxRows: MaxRows;
  /** What a request needs to answer from the snapshots that are there already. */
  readonly portsFor: (caller: Caller) => RequestPorts;
  readonly maxAgeMs: number;
}

/** Answers the request, or returns false without having done anything to it. */
export type ExpressLane = (request: ArrivedRequest, response: ServerResponse) => Promise<boolean>;

/**
 * A short way for the plainest and most frequent requests: a document that has been asked for before, sent as JSON,
 * whose answer is in the snapshots and has no error. It is compiled, and answered without the machinery that all
 * other requests need. Those are left to the endpoint, which would give the same answer here, only slower.
 */
export function createExpressLane({
  schemas,
  authenticator,
  limits,
  maxRows,
  portsFor,
  maxAgeMs,
}: ExpressLaneOptions): ExpressLane {
  const documents = new DocumentMemory(limits);
  return async (request, response) => {
    const mediaType = isPlain(request) ? mediaTypeOf(request.headers.accept) : undefined;
    const parameters = mediaType && parametersOf(request.chunks);
    if (!parameters) return false;
    const { authorization } = request.headers;
    const caller = await authenticator.authenticate(authorization ?? null).catch(() => undefined);
    const prepared = caller && documents.prepare(schemas.of(caller.role), parameters.query);
    if (!caller || !prepared || exceedsLimits(prepared, parameters.variables)) return false;
    if (parameters.operationName !== undefined && parameters.operationName !== prepared.operation.name?.value)
      return false;
    if (prepared.nested.some((name) => parameters.variables[name] === undefined)) return false;
    const variables = prepared.coerce(parameters.variables);
    if (!variables) return false;
    const scope = new RequestScope({ ports: portsFor(caller), signal: new AbortController().signal });
    try {
      const result = await prepared.run({ scope }, variables);
      if ('errors' in result && result.errors?.length) return false;
      const isPersonal = caller.authenticated || authorization !== undefined;
      const body = prepared.stringify(result);
      response.writeHead(200, {
        'content-type': `${mediaType}; charset=utf-8`,
        'content-length': Buffer.byteLength(body),
        ...cacheHeaders(scope, maxAgeMs, isPersonal),
      });
      response.end(body);
      return true;
    } catch {
      // The endpoint knows how to tell of what nobody meant to happen.
      return false;
    } finally {
      scope.end();
    }
  };

  function exceedsLimits({ schema, document, operation }: Prepared, variables: Variables): boolean {
    try {
      assertVariableLimits({ schema, operation, variables }, limits);
    } catch {
      return true;
    }
    return estimateCost({ schema, document, operation, variables }, maxRows) > limits.cost;
  }
}

/** Whether nothing about the request asks for more than a plain answer. */
function isPlain({ method, headers }: ArrivedRequest): boolean {
  return (
    method === 'POST' &&
    /^application\/json(; ?charset=utf-8)?$/i.test(headers['content-type'] ?? '') &&
    headers['content-encoding'] === undefined &&
    headers.origin === undefined &&
    headers['cache-control'] === undefined &&
    headers['x-fdw-explain'] === undefined
  );
}

const graphqlResponse = 'application/graphql-response+json';

/**
 * The media type of the answer: of those that an answer can have, the one that is named first, as for the endpoint.
 * Undefined where the header says more than names.
 */
function mediaTypeOf(accept = '*/*'): string | undefined {
  const names = accept.split(',').map((range) =>
    range
      .trim()
      .toLowerCase()
      .replace(/; ?charset=utf-8$/, ''),
  );
  if (names.some((name) => /[^\w/+*.-]/.test(name))) return undefined;
  const first = names.find((name) => ['*/*', 'application/json', graphqlResponse].includes(name));
  return first === '*/*' ? 'application/json' : first;
}

/**
 * Bytes of the largest body that is read here, and maybe by the endpoint a second time. A router that asks for 500
 * entities by their nodeIds sends about 70,000.
 */
const largestBody = 128 * 1024;

/** What a body holds at the most. */
interface Parameters {
  readonly query: string;
  readonly variables: Variables;
  readonly operationName: string | undefined;
}

/** The parameters, where the body has nothing else. */
function parametersOf(chunks: readonly Buffer[]): Parameters | undefined {
  if (chunks.reduce((bytes, { length }) => bytes + length, 0) > largestBody) return undefined;
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
    if (typeof body !== 'object' || body === null || !('query' in body)) return undefined;
    const { query, variables, operationName, ...others } = {
      variables: undefined,
      operationName: undefined,
      ...body,
    };
    if (typeof query !== 'string' || Object.keys(others).length > 0 || !isVariables(variables))
      return undefined;
    const name = operationName ?? undefined;
    return name === undefined || typeof name === 'string'
      ? { query, variables: variables ?? {}, operationName: name }
      : undefined;
  } catch {
    return undefined;
  }
}

function isVariables(value: unknown): value is Variables | null | undefined {
  return value === undefined || value === null || (typeof value === 'object' && !Array.isArray(value));
}

/** Characters of the longest document that is compiled, and how many are remembered for each schema. */
const longestDocument = 8_192;
const rememberedDocuments = 256;

/** The documents that have been asked for. Each is compiled when it is asked for again. */
class DocumentMemory {
  readonly #limits: Limits;
  readonly #bySchema = new WeakMap<RoleSchema, DocumentCache>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** The document, ready to run; undefined where it is new here, or must be left to the endpoint. */
  prepare(schema: RoleSchema, query: string): Prepared | undefined {
    if (query.length > longestDocument) return undefined;
    const cache =
      this.#bySchema.get(schema) ?? createLRUCache<Prepared | 'seen' | 'unfit'>({ max: rememberedDocuments });
    this.#bySchema.set(schema, cache);
    const known = cache.get(query);
    if (known === 'unfit') return undefined;
    if (known === undefined) {
      cache.set(query, 'seen');
      return undefined;
    }
    if (known !== 'seen') return known;
    const prepared = compile(schema, query, this.#limits);
    cache.set(query, prepared ?? 'unfit');
    return prepared;
  }
}

type DocumentCache = ReturnType<typeof createLRUCache<Prepared | 'seen' | 'unfit'>>;

/** A document that is valid and compiled. */
type Prepared = NonNullable<ReturnType<typeof compile>>;

function compile({ schema, executable }: RoleSchema, query: string, limits: Limits) {
  try {
    const document = parseWithin(limits, query);
    const operation = getOperationAST(document);
    if (
      !operation ||
      introspects(document) ||
      validate(schema, document, specifiedRules, { maxErrors: 1 }).length > 0
    ) {
      return undefined;
    }
    const compilable = withCoercedObjects(executable, document, operation);
    const compiled = compileQuery(compilable.schema, compilable.document, operation.name?.value);
    if (!isCompiledQuery(compiled)) return undefined;
    return {
      coerce: compilable.coerce,
      nested: nestedVariables(document),
      schema: executable satisfies GraphQLSchema,
      document,
      operation,
      stringify: compiled.stringify,
      run: (context: { readonly scope: RequestScope }, variables: Variables) =>
        compiled.query(undefined, context, variables),
    };
  } catch {
    // What cannot be parsed gets its error from the endpoint.
    return undefined;
  }
}

/** The variables within objects and lists: of what is left out there, the compiler makes a null. */
function nestedVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  const collect = (value: ObjectValueNode | ListValueNode) => {
    visit(value, {
      Variable({ name }) {
        names.add(name.value);
      },
    });
  };
  visit(document, { ObjectValue: collect, ListValue: collect });
  return [...names];
}
