import { badRequest, HttpError } from './http-error.ts';
import { type MediaType, negotiateMediaType } from './media-type.ts';
import { type HttpRequest, headerOf } from './message.ts';
import { assertShallow } from './server/body-nesting.ts';
import { assertPreflighted } from './server/cross-origin.ts';

/** What a request asks for, before anything is known of the schema. */
export interface GraphQLRequest {
  readonly mediaType: MediaType;
  /** The document's text. */
  readonly query: string | undefined;
  /** The name by which the document is known to the gateway. */
  readonly documentId: string | undefined;
  /** The SHA-256 of the document, in hexadecimal, by which it may be known to the gateway. */
  readonly hash: string | undefined;
  readonly operationName: string | undefined;
  /** As they were sent. */
  readonly variables: Variables;
  /** Whether the answer may rest on no scan that had begun before. */
  readonly noCache: boolean;
  /** Whether the answer explains its scans. */
  readonly explain: boolean;
}

/** Values of variables by name. */
export type Variables = Readonly<Record<string, unknown>>;

/**
 * The first step of the road: what the request asks for, by GraphQL over HTTP
 * (https://graphql.github.io/graphql-over-http/draft/).
 *
 * @throws HttpError where it is no such request
 */
export function receive(request: HttpRequest): GraphQLRequest {
  const mediaType = negotiateMediaType(headerOf(request, 'accept'));
  if (contentTypeOf(request) === 'multipart/form-data')
    throw unsupportedBody('multipart requests are not supported');
  assertPreflighted(request);
  const parameters = parametersOf(request);
  return {
    mediaType,
    ...parameters,
    noCache: /\bno-cache\b/i.test(headerOf(request, 'cache-control') ?? ''),
    explain: headerOf(request, 'x-fdw-explain') === '1',
  };
}

type Parameters = Pick<GraphQLRequest, 'query' | 'documentId' | 'hash' | 'operationName' | 'variables'>;

function parametersOf(request: HttpRequest): Parameters {
  if (request.method === 'GET') return ofSearch(new URLSearchParams(searchOf(request)));
  if (request.method !== 'POST') {
    throw new HttpError(405, 'BAD_REQUEST', `GraphQL is asked by GET or POST, not ${request.method}`, {
      allow: 'GET, POST',
    });
  }
  assertUtf8(request);
  switch (contentTypeOf(request)) {
    case 'application/json':
    case 'application/graphql+json':
      assertShallow(request.body);
      return ofObject(parseJson(textOf(request), 'the body'));
    case 'application/graphql':
      return ofObject({ query: textOf(request) });
    case 'application/x-www-form-urlencoded':
      return ofSearch(new URLSearchParams(textOf(request)));
    default:
      throw unsupportedBody('the body must be JSON, with Content-Type: application/json');
  }
}

/** The media type of the body, without its parameters. */
function contentTypeOf(request: HttpRequest): string {
  const header = headerOf(request, 'content-type') ?? '';
  const end = header.indexOf(';');
  return (end < 0 ? header : header.slice(0, end)).trim().toLowerCase();
}

/** JSON is in UTF-8 (RFC 8259, section 8.1). */
function assertUtf8(request: HttpRequest): void {
  const [, charset = 'utf-8'] =
    /;\s*charset=\s*"?([^\s;"]*)/i.exec(headerOf(request, 'content-type') ?? '') ?? [];
  if (/^utf-?8$/i.test(charset)) return;
  throw unsupportedBody(`the body must be in UTF-8, not in ${JSON.stringify(charset.slice(0, 50))}`);
}

function unsupportedBody(message: string): HttpError {
  return new HttpError(415, 'BAD_REQUEST', message, { 'accept-post': 'application/json' });
}

/** Without the mark that some editors and libraries put before a text (U+FEFF). */
function textOf({ body }: HttpRequest): string {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function searchOf({ url }: HttpRequest): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start + 1);
}

function ofSearch(search: URLSearchParams): Parameters {
  const parameters: Record<string, unknown> = Object.fromEntries(search);
  for (const name of ['variables', 'extensions']) {
    const text = search.get(name);
    if (text !== null) parameters[name] = text === '' ? undefined : parseJson(text, name);
  }
  return ofObject(parameters);
}

function parseJson(text: string, subject: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(`${subject} is not valid JSON`);
  }
}

/** Under what names clients send the id of a document: the GraphQL specification's, and Relay's two. */
const idParameters = ['documentId', 'doc_id', 'id'] as const;

const known: ReadonlySet<string> = new Set([
  'query',
  ...idParameters,
  'operationName',
  'variables',
  'extensions',
]);

function ofObject(parameters: unknown): Parameters {
  if (Array.isArray(parameters)) {
    throw badRequest('batching is not supported: send one operation per request');
  }
  if (!isObject(parameters)) throw badRequest('the body must be a JSON object');
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && !known.has(name)) {
      throw badRequest(`unknown parameter ${JSON.stringify(name)}`);
    }
  }
  const variables = parameters.variables ?? undefined;
  if (variables !== undefined && !isObject(variables)) throw badRequest('variables must be an object');
  const extensions = parameters.extensions ?? undefined;
  if (extensions !== undefined && !isObject(extensions)) throw badRequest('extensions must be an object');
  return {
    query: textParameter(parameters, 'query'),
    documentId: idParameters.map((name) => textParameter(parameters, name)).find((id) => id !== undefined),
    hash: hashOf(extensions),
    // Some clients send an empty name where the document has none.
    operationName: textParameter(parameters, 'operationName') || undefined,
    variables: variables ?? {},
  };
}

function textParameter(parameters: Variables, name: string): string | undefined {
  const value = parameters[name] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw badRequest(`${name} must be a string`);
}

/** The hash by which Apollo's and urql's clients name a document. */
function hashOf(extensions: Variables | undefined): string | undefined {
  const persisted = extensions?.persistedQuery;
  const hash = isObject(persisted) ? persisted.sha256Hash : undefined;
  return typeof hash === 'string' ? hash : undefined;
}

function isObject(value: unknown): value is Variables {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
