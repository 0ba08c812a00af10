import { randomUUID } from 'node:crypto';
import { type ASTNode, GraphQLError, type GraphQLErrorExtensions, isValueNode, Kind } from 'graphql';
import { GatewayError } from '../errors.ts';
import { shortened, withoutSuggestions } from '../limits/validation.ts';
import type { Observe } from '../observation.ts';

/** What an error mask is made with. */
export interface ErrorMaskOptions {
  readonly observe: Observe;
  /** Whether messages may propose names of the schema. */
  readonly suggestions: boolean;
}

/**
 * What of an error a client gets to see; for Yoga's `maskedErrors.maskError`. Errors that were raised on purpose
 * keep their message and code. Of any other, the client learns an `errorId`, and the observer the error itself.
 */
export function createErrorMask({
  observe,
  suggestions,
}: ErrorMaskOptions): (error: unknown) => GraphQLError {
  return (error) => {
    const located = error instanceof GraphQLError ? error : undefined;
    const fault = describeFault(error) ?? reportInternal(error, observe);
    const message = shortened(suggestions ? fault.message : withoutSuggestions(fault.message));
    const http = located?.path ? undefined : (fault.http ?? httpByCode[fault.code] ?? { status: 500 });
    return new GraphQLError(message, {
      ...(located?.nodes && { nodes: located.nodes }),
      source: located?.source,
      positions: located?.positions,
      path: located?.path,
      extensions: { ...fault.details, code: fault.code, ...(http && { http }) },
    });
  };
}

/** What a client may know of an error. */
interface Fault {
  readonly code: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Yoga's instructions for the response: status and headers. */
  readonly http?: Http | undefined;
}

type Http = NonNullable<GraphQLErrorExtensions['http']>;

/**
 * The response's status where no part of the query was answered. With `spec`, Yoga applies it only where the client
 * asked for `application/graphql-response+json`; others get 200, as the GraphQL-over-HTTP specification has it.
 */
const httpByCode: Readonly<Record<string, Http>> = {
  GRAPHQL_PARSE_FAILED: { spec: true, status: 400 },
  GRAPHQL_VALIDATION_FAILED: { spec: true, status: 400 },
  BAD_USER_INPUT: { spec: true, status: 400 },
  QUERY_TOO_COMPLEX: { spec: true, status: 400 },
  BAD_REQUEST: { status: 400 },
  UNAUTHENTICATED: { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } },
  REQUEST_TIMEOUT: { status: 503 },
};

/** Undefined for an error that nobody meant to happen. */
function describeFault(error: unknown): Fault | undefined {
  if (error instanceof GatewayError) return error;
  if (!(error instanceof GraphQLError)) return undefined;
  if (error.nodes && error.nodes.length > 0 && error.nodes.every(isInput)) return describeInput(error);
  if (error.originalError) return describeFault(error.originalError);
  const { code, http } = error.extensions;
  // Which of several operations is meant is for the caller to say.
  if (code === 'OPERATION_RESOLUTION_FAILURE')
    return { code: 'BAD_USER_INPUT', message: error.message, http };
  // What is no GraphQL request at all fails as HTTP does, whatever the client accepts.
  if (code === 'BAD_REQUEST') return { code, message: error.message, http: http && { ...http, spec: false } };
  if (typeof code === 'string') return { code, message: error.message, http };
  // Yoga's plugins refuse some requests with a status alone.
  return http === undefined ? undefined : { code: 'BAD_REQUEST', message: error.message, http };
}

/** Errors in what the caller passed point at the variable, or at the value in the document. */
function isInput(node: ASTNode): boolean {
  return node.kind === Kind.VARIABLE_DEFINITION || isValueNode(node);
}

function describeInput(error: GraphQLError): Fault {
  const raised = rootCause(error);
  if (raised instanceof GatewayError) return raised;
  const [node] = error.nodes ?? [];
  return {
    code: 'BAD_USER_INPUT',
    message: error.message,
    details: node?.kind === Kind.VARIABLE_DEFINITION ? { argument: `$${node.variable.name.value}` } : {},
  };
}

function rootCause(error: GraphQLError): Error {
  const { originalError } = error;
  return originalError instanceof GraphQLError ? rootCause(originalError) : (originalError ?? error);
}

function reportInternal(error: unknown, observe: Observe): Fault {
  const errorId = randomUUID();
  const cause = error instanceof GraphQLError ? rootCause(error) : error;
  observe({ event: 'internal-error', errorId, error: cause });
  return {
    code: 'INTERNAL_SERVER_ERROR',
    message: 'the request failed inside the gateway; its log has more under the errorId',
    details: { errorId },
  };
}
