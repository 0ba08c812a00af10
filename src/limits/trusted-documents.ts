import { readFile } from 'node:fs/promises';
import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations';
import { type DocumentNode, parse } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { ConfigurationError } from '../errors.ts';

/** The documents that may be asked for, by the id that clients send. */
export type TrustedDocuments = ReadonlyMap<string, DocumentNode>;

/**
 * Reads trusted documents from a JSON file: Apollo's persisted query manifest, or an object of documents by id, as
 * Relay and GraphQL Code Generator write it.
 *
 * @throws ConfigurationError where the file is anything else, or one of its documents is not GraphQL
 */
export async function loadTrustedDocuments(file: string): Promise<TrustedDocuments> {
  const texts = textsOf(await readJson(file));
  if (!texts) {
    throw refusal(file, 'a persisted query manifest or an object of documents by id', 'something else');
  }
  return new Map(texts.map(([id, text]) => [id, parseDocument(file, id, text)]));
}

/**
 * Answers requests for trusted documents, and refuses all others, unless any may be asked for.
 *
 * A request names its document in the parameter `documentId`, which Yoga's `extraParamNames` must have, or in
 * `extensions.persistedQuery.sha256Hash` as Apollo's and urql's clients do.
 */
export function useTrustedDocuments({
  documents,
  allowArbitraryOperations,
}: TrustedDocumentsOptions): Plugin {
  return usePersistedOperations({
    allowArbitraryOperations,
    getPersistedOperation: (id) => documents.get(id) ?? null,
    extractPersistedOperationId: documentIdOf,
    customErrors: {
      notFound: fault(
        'PERSISTED_QUERY_NOT_IN_LIST',
        'the document id must be one of the trusted documents, but is not',
      ),
      keyNotFound: fault(
        'PERSISTED_QUERY_ID_REQUIRED',
        'the request must name a trusted document by its id, but names none',
      ),
      persistedQueryOnly: fault(
        'PERSISTED_QUERY_ONLY',
        'the request must name a trusted document by its id, but brings a document of its own (--allow-arbitrary-operations)',
      ),
    },
  });
}

export interface TrustedDocumentsOptions {
  readonly documents: TrustedDocuments;
  /** Whether requests may bring documents of their own all the same, as in development. */
  readonly allowArbitraryOperations: boolean;
}

function fault(code: string, message: string) {
  return { message, extensions: { code, http: { status: 400 } } };
}

function documentIdOf(params: object): string | null {
  if ('documentId' in params && typeof params.documentId === 'string') return params.documentId;
  const extensions = 'extensions' in params ? params.extensions : undefined;
  const query = isObject(extensions) ? extensions.persistedQuery : undefined;
  return isObject(query) && typeof query.sha256Hash === 'string' ? query.sha256Hash : null;
}

type JsonObject = Readonly<Record<string, unknown>>;
type Texts = readonly (readonly [id: string, text: string])[];

/** https://www.apollographql.com/docs/graphos/operations/persisted-queries */
const manifestFormat = 'apollo-persisted-query-manifest';

function textsOf(content: unknown): Texts | undefined {
  if (!isObject(content)) return undefined;
  if (content.format !== manifestFormat) return allTexts(Object.entries(content));
  if (content.version !== 1 || !Array.isArray(content.operations)) return undefined;
  const operations: readonly unknown[] = content.operations;
  return allTexts(
    operations.map((operation) =>
      isObject(operation) ? [operation.id, operation.body] : [undefined, undefined],
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

function parseDocument(file: string, id: string, text: string): DocumentNode {
  try {
    return parse(text);
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

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
