import { readFile } from 'node:fs/promises';
import { parse } from 'graphql';
import { ConfigurationError, GatewayError } from '../errors.ts';
import { isPlainObject } from '../values/plain-object.ts';

/** The texts of the documents that may be executed, by id. */
export type TrustedDocuments = ReadonlyMap<string, string>;

/**
 * Reads trusted documents from a JSON file: Apollo's persisted query manifest, or an object of documents by id as written by
 * Relay and GraphQL Code Generator.
 *
 * @throws ConfigurationError if the file is anything else, or one of its documents is not GraphQL
 */
export async function loadTrustedDocuments(file: string): Promise<TrustedDocuments> {
  const texts = textsOf(await readJson(file));
  if (!texts) {
    throw refusal(file, 'a persisted query manifest or an object of documents by id', 'something else');
  }
  for (const [id, text] of texts) assertParses(file, id, text);
  return new Map(texts);
}

/** The part of a request that identifies the document. */
export interface NamedDocument {
  readonly query: string | undefined;
  readonly documentId: string | undefined;
  readonly hash: string | undefined;
}

/**
 * The text of the requested document.
 *
 * @throws GatewayError if it is not a trusted document, and no other may be executed
 */
export function trustedText(
  { query, documentId: id, hash }: NamedDocument,
  { documents, allowArbitraryOperations }: TrustedDocumentsOptions,
): string {
  if (query !== undefined) {
    if (allowArbitraryOperations) return query;
    throw new GatewayError(
      'PERSISTED_QUERY_ONLY',
      'only trusted documents are answered: send an id, not a document (--allow-arbitrary-operations)',
    );
  }
  const documentId = id ?? hash;
  if (documentId === undefined) {
    throw new GatewayError('PERSISTED_QUERY_ID_REQUIRED', 'the request names no trusted document by its id');
  }
  const text = documents.get(documentId);
  if (text !== undefined) return text;
  throw new GatewayError('PERSISTED_QUERY_NOT_IN_LIST', 'no trusted document has this id');
}

export interface TrustedDocumentsOptions {
  readonly documents: TrustedDocuments;
  /** Whether requests may also contain other documents, for development. */
  readonly allowArbitraryOperations: boolean;
}

type Texts = readonly (readonly [id: string, text: string])[];

/** https://www.apollographql.com/docs/graphos/operations/persisted-queries */
const manifestFormat = 'apollo-persisted-query-manifest';

function textsOf(content: unknown): Texts | undefined {
  if (!isPlainObject(content)) return undefined;
  if (content.format !== manifestFormat) return allTexts(Object.entries(content));
  if (content.version !== 1 || !Array.isArray(content.operations)) return undefined;
  const operations: readonly unknown[] = content.operations;
  return allTexts(
    operations.map((operation) =>
      isPlainObject(operation) ? [operation.id, operation.body] : [undefined, undefined],
    ),
  );
}

function allTexts(entries: readonly (readonly unknown[])[]): Texts | undefined {
  const texts = entries.flatMap(([id, text]) =>
    typeof id === 'string' && typeof text === 'string' ? [[id, text] as const] : [],
  );
  return texts.length === entries.length ? texts : undefined;
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw refusal(file, 'a file that can be read', `${cause.code}`, cause);
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refusal(file, 'a JSON file', 'something else', cause);
  }
}

function assertParses(file: string, id: string, text: string): void {
  try {
    parse(text);
  } catch (cause) {
    throw refusal(file, 'a file of GraphQL documents', `something else under ${JSON.stringify(id)}`, cause);
  }
}

function refusal(file: string, expected: string, actual: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError(
    `--persisted-operations must name ${expected}, but got ${actual} in ${JSON.stringify(file)}`,
    cause,
  );
}
