import { Buffer } from 'node:buffer';
import type { CacheSize } from '../../cache-size.ts';
import { type Ready, settleReady, whenReady } from '../../columns/ready.ts';
import type { Lifetime } from '../../graphql/request-scope.ts';
import { isPlainObject } from '../../values/plain-object.ts';
import { badRequest, HttpError } from '../http-error.ts';
import { type HttpRequest, headerOf } from '../message.ts';
import type { Asked, Variables } from './asked.ts';
import { readOnce } from './header-memory.ts';
import { readJson } from './json-reader.ts';
import { KnownBodies } from './known-bodies.ts';
import { type MediaType, negotiateMediaType } from './media-type.ts';
import { assertPreflighted, isSimpleContentType } from './preflight.ts';

/** A request for GraphQL. */
export interface GraphQLRequest {
  readonly mediaType: MediaType;
  readonly asked: Asked;
  /** Whether the answer must be based on a scan that starts after the request. */
  readonly noCache: boolean;
  /** Whether the answer explains its scans. */
  readonly explain: boolean;
}

/** The first step of the pipeline: reads requests. Caches the content of repeated bodies. */
export class Receiver {
  readonly #known = new KnownBodies();

  /** The number and size of the cached bodies. */
  get size(): CacheSize {
    return this.#known.size;
  }

  /**
   * Reads a request of GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/).
   *
   * @param lifetime of the request, with which the reading of a large body ends
   * @throws HttpError if it is not such a request
   */
  receive(request: HttpRequest, lifetime: Lifetime): Ready<GraphQLRequest> {
    const mediaType = acceptedMediaType(headerOf(request, 'accept'));
    const contentType = readContentType(headerOf(request, 'content-type'));
    if (contentType.type === 'multipart/form-data') {
      throw unsupportedBody('multipart requests are not supported');
    }
    if (contentType.isSimple) assertPreflighted(request);
    return whenReady(this.#askedBy(request, contentType, lifetime), (asked) => ({
      mediaType,
      asked,
      noCache: asksForNoCache(headerOf(request, 'cache-control')),
      explain: headerOf(request, 'x-fdw-explain') === '1',
    }));
  }

  #askedBy(request: HttpRequest, contentType: ContentType, lifetime: Lifetime): Ready<Asked> {
    if (request.method !== 'POST' || !contentType.isJson)
      return readParameters(request, contentType, lifetime);
    const body = bufferOf(request.body);
    const known = this.#known.find(body);
    if (known) return known;
    return whenReady(readParameters(request, contentType, lifetime), (asked) => {
      this.#known.learn(body, asked);
      return asked;
    });
  }
}

function readParameters(request: HttpRequest, contentType: ContentType, lifetime: Lifetime): Ready<Asked> {
  const bytes = request.url.length + request.body.length;
  return whenReady(parametersOf(request, contentType, lifetime), (parameters) => ({
    ...parameters,
    variableText: undefined,
    variableBytes: bytes - (parameters.query?.length ?? 0),
    memory: {},
  }));
}

const acceptedMediaType = readOnce(negotiateMediaType);
const asksForNoCache = readOnce((cacheControl = '') => /\bno-cache\b/i.test(cacheControl));

/** What a URL, a form or a JSON body says. */
type RequestParameters = Omit<Asked, 'variableText' | 'variableBytes' | 'memory'>;

function parametersOf(
  request: HttpRequest,
  { type, charset, isJson }: ContentType,
  lifetime: Lifetime,
): Ready<RequestParameters> {
  if (request.method === 'GET') return ofSearch(searchOf(request), lifetime);
  if (request.method !== 'POST') {
    throw new HttpError(405, 'BAD_REQUEST', `GraphQL requests are GET or POST, not ${request.method}`, {
      allow: 'GET, POST',
    });
  }
  // JSON is in UTF-8 (RFC 8259, section 8.1).
  if (!/^utf-?8$/i.test(charset)) {
    throw unsupportedBody(`the body must be in UTF-8, not in ${JSON.stringify(charset.slice(0, 50))}`);
  }
  if (isJson) return whenReady(jsonOf(withoutMark(request.body), 'the body', lifetime), ofObject);
  switch (type) {
    case 'application/graphql':
      return ofObject({ query: withoutMark(request.body).toString() });
    case 'application/x-www-form-urlencoded':
      return ofSearch(withoutMark(request.body).toString(), lifetime);
    default:
      throw unsupportedBody('the body must be JSON, with Content-Type: application/json');
  }
}

/** The parsed `Content-Type` of a request. */
interface ContentType {
  /** The media type in lower case, without parameters; empty if the request does not have the header. */
  readonly type: string;
  readonly charset: string;
  /** Whether the body is JSON in UTF-8. */
  readonly isJson: boolean;
  /** Whether a browser sends it for any page without a preflight request. */
  readonly isSimple: boolean;
}

const jsonTypes: ReadonlySet<string> = new Set(['application/json', 'application/graphql+json']);

const readContentType = readOnce((header = ''): ContentType => {
  const end = header.indexOf(';');
  const [, charset = 'utf-8'] = /;\s*charset=\s*"?([^\s;"]*)/i.exec(header) ?? [];
  const type = (end < 0 ? header : header.slice(0, end)).trim().toLowerCase();
  const isJson = jsonTypes.has(type) && /^utf-?8$/i.test(charset);
  return { type, charset, isJson, isSimple: isSimpleContentType(header) };
});

function unsupportedBody(message: string): HttpError {
  return new HttpError(415, 'BAD_REQUEST', message, { 'accept-post': 'application/json' });
}

/** Removes the byte order mark (U+FEFF) that some editors and libraries put before a text. */
function withoutMark(body: Uint8Array): Buffer {
  const bytes = bufferOf(body);
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/** The same bytes as a `Buffer`. */
function bufferOf(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function searchOf({ url }: HttpRequest): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start + 1);
}

/** Far more parameters than GraphQL requests have. */
const mostParameters = 100;

/** @param text parameters as in a URL's search, or in a form */
function ofSearch(text: string, lifetime: Lifetime): Ready<RequestParameters> {
  if (text.split('&', mostParameters + 1).length > mostParameters) {
    throw badRequest(`the request has more than ${mostParameters} parameters`);
  }
  const search = new URLSearchParams(text);
  const jsonParameter = (name: string): Ready<unknown> => {
    const json = search.get(name);
    return json ? jsonOf(Buffer.from(json), name, lifetime) : undefined;
  };
  return whenReady(jsonParameter('variables'), (variables) =>
    whenReady(jsonParameter('extensions'), (extensions) =>
      ofObject({ ...Object.fromEntries(search), variables, extensions }),
    ),
  );
}

/** @throws HttpError if it is not JSON, or too complex */
function jsonOf(bytes: Buffer, subject: string, lifetime: Lifetime): Ready<unknown> {
  return settleReady(
    () => readJson(bytes, lifetime),
    (value) => value,
    (error) => {
      throw error instanceof SyntaxError ? badRequest(`${subject} is not valid JSON`) : error;
    },
  );
}

/** The names under which clients send the id of a document. The last two are Relay's. */
const idParameters = ['documentId', 'doc_id', 'id'] as const;

const known: ReadonlySet<string> = new Set([
  'query',
  ...idParameters,
  'operationName',
  'variables',
  'extensions',
]);

function ofObject(parameters: unknown): RequestParameters {
  if (Array.isArray(parameters)) {
    throw badRequest('batching is not supported: send one operation per request');
  }
  if (!isPlainObject(parameters)) throw badRequest('the body must be a JSON object');
  for (const name of Object.keys(parameters)) {
    if (!known.has(name) && (parameters[name] ?? undefined) !== undefined) {
      throw badRequest(`unknown parameter ${JSON.stringify(name)}`);
    }
  }
  const variables = parameters.variables ?? undefined;
  if (variables !== undefined && !isPlainObject(variables)) throw badRequest('variables must be an object');
  const extensions = parameters.extensions ?? undefined;
  if (extensions !== undefined && !isPlainObject(extensions))
    throw badRequest('extensions must be an object');
  return {
    query: textParameter(parameters, 'query'),
    documentId: documentIdOf(parameters),
    hash: hashOf(extensions),
    // Some clients send an empty name if the document has none.
    operationName: textParameter(parameters, 'operationName') || undefined,
    variables: variables ?? {},
  };
}

function documentIdOf(parameters: Variables): string | undefined {
  for (const name of idParameters) {
    const id = textParameter(parameters, name);
    if (id !== undefined) return id;
  }
  return undefined;
}

function textParameter(parameters: Variables, name: string): string | undefined {
  const value = parameters[name] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw badRequest(`${name} must be a string`);
}

/** The hash of a document, as Apollo's and urql's clients send it. */
function hashOf(extensions: Variables | undefined): string | undefined {
  const persisted = extensions?.persistedQuery;
  const hash = isPlainObject(persisted) ? persisted.sha256Hash : undefined;
  return typeof hash === 'string' ? hash : undefined;
}
