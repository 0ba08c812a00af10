import { randomUUID } from 'node:crypto';
import { type ASTNode, GraphQLError, type GraphQLFormattedError, isValueNode, Kind } from 'graphql';
import { type ErrorCode, GatewayError } from '../errors.ts';
import { InvalidDocumentError, shortened, withoutSuggestions } from '../limits/validation.ts';
import type { Observe } from '../observation.ts';
import { HttpError } from './http-error.ts';
import type { HttpReply, HttpReplyHeaders } from './message.ts';
import type { MediaType } from './request/media-type.ts';

export interface ErrorWriterOptions {
  readonly observe: Observe;
  /** Whether messages may suggest names of the schema. */
  readonly suggestions: boolean;
}

/**
 * The one place where errors are written. Errors that are raised on purpose keep their message and code. Of any other error the
 * client only gets an `errorId`, and the observer gets the error itself.
 */
export class ErrorWriter {
  readonly #options: ErrorWriterOptions;

  constructor(options: ErrorWriterOptions) {
    this.#options = options;
  }

  /** Formats an error of an executed operation for its answer. */
  write(error: unknown): WrittenError {
    return this.#format(error, this.#describe(error));
  }

  /**
   * The answer to a request if nothing was executed.
   *
   * @param mediaType of the answer, if it could be negotiated
   */
  reply(cause: unknown, mediaType: MediaType = 'application/json'): HttpReply {
    const errors: readonly unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
    const described = errors.map((error) => ({ error, description: this.#describe(error) }));
    const { status, headers } = responseTo(
      described.map(({ description }) => description),
      mediaType,
    );
    const body = { errors: described.map(({ error, description }) => this.#format(error, description)) };
    return {
      status,
      headers: {
        'content-type': `${mediaType}; charset=utf-8`,
        'cache-control': 'no-store',
        ...headers,
      },
      body: JSON.stringify(body),
      codes: described.map(({ description }) => description.code),
    };
  }

  #describe(error: unknown): Description {
    return describe(error) ?? this.#reportInternal(error);
  }

  #format(error: unknown, { code, message, details }: Description): WrittenError {
    const { locations, path } = error instanceof GraphQLError ? error : {};
    return {
      message: shortened(this.#options.suggestions ? message : withoutSuggestions(message)),
      ...(locations && { locations }),
      ...(path && { path }),
      extensions: { ...details, code },
    };
  }

  #reportInternal(error: unknown): Description {
    const errorId = randomUUID();
    const cause = error instanceof GraphQLError ? rootCause(error) : error;
    this.#options.observe({ event: 'internal-error', errorId, error: cause });
    return {
      code: 'INTERNAL_SERVER_ERROR',
      message: 'the request failed inside the gateway; its log has details under this errorId',
      details: { errorId },
    };
  }
}

/** An error in an answer. */
export type WrittenError = GraphQLFormattedError & { readonly extensions: { readonly code: ErrorCode } };

/** What a client may know about an error. */
interface Description {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Defines the HTTP status and headers, if the error does that. */
  readonly http?: HttpError;
}

/**
 * The status of an answer without data. Clients that accept `application/json` get 200 if the document or its variables are
 * invalid: https://graphql.github.io/graphql-over-http/draft/#sec-application-json
 */
const statusByCode: Partial<Record<ErrorCode, { readonly status: number; readonly json?: number }>> = {
  GRAPHQL_PARSE_FAILED: { status: 400, json: 200 },
  GRAPHQL_VALIDATION_FAILED: { status: 400, json: 200 },
  BAD_USER_INPUT: { status: 400, json: 200 },
  QUERY_TOO_COMPLEX: { status: 400, json: 200 },
  BAD_REQUEST: { status: 400 },
  UNAUTHENTICATED: { status: 401 },
  // Clients react to these by sending the text, so they are not failures.
  PERSISTED_QUERY_NOT_FOUND: { status: 200 },
  PERSISTED_QUERY_NOT_SUPPORTED: { status: 200 },
  PERSISTED_QUERY_ONLY: { status: 400 },
  PERSISTED_QUERY_ID_REQUIRED: { status: 400 },
  PERSISTED_QUERY_NOT_IN_LIST: { status: 400 },
  REQUEST_TIMEOUT: { status: 503 },
  OVERLOADED: { status: 503 },
};

function responseTo(
  descriptions: readonly Description[],
  mediaType: MediaType,
): { readonly status: number; readonly headers: HttpReplyHeaders } {
  const statuses = descriptions.map(({ code, http }) => {
    if (http) return http.status;
    const { status, json } = statusByCode[code] ?? { status: 500 };
    return mediaType === 'application/json' && json !== undefined ? json : status;
  });
  return {
    status: Math.max(...statuses),
    headers: Object.assign(
      {},
      ...descriptions.map(({ code, http }) =>
        code === 'UNAUTHENTICATED' ? { 'www-authenticate': 'Bearer' } : http?.headers,
      ),
    ),
  };
}

/** Undefined for an unexpected error. */
function describe(error: unknown): Description | undefined {
  if (error instanceof HttpError) return { code: error.code, message: error.message, http: error };
  if (error instanceof GatewayError) return error;
  if (!(error instanceof GraphQLError)) return undefined;
  const { message, nodes = [], originalError, path } = error;
  if (error instanceof InvalidDocumentError) return { code: 'GRAPHQL_VALIDATION_FAILED', message };
  if (nodes.length > 0 && nodes.every(isInput)) return describeInput(error);
  if (originalError) return describe(originalError);
  // Only errors of the parser have neither nodes nor a path.
  return nodes.length === 0 && !path ? { code: 'GRAPHQL_PARSE_FAILED', message } : undefined;
}

/** Errors in input point at a variable, or at a value in the document. */
function isInput(node: ASTNode): boolean {
  return node.kind === Kind.VARIABLE_DEFINITION || isValueNode(node);
}

function describeInput(error: GraphQLError): Description {
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
