import { createHash } from 'node:crypto';
import { type DocumentNode, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { CacheSize } from '../cache-size.ts';
import { type Ready, whenReady } from '../columns/ready.ts';
import { isTurnSpent, turnWithin } from '../columns/turn.ts';
import { BadUserInputError, GatewayError } from '../errors.ts';
import type { Lifetime } from '../graphql/request-scope.ts';
import type { RoleSchema } from '../graphql/role-schemas.ts';
import { parseWithin } from '../limits/document.ts';
import type { Limits } from '../limits/limits.ts';
import { type TrustedDocumentsOptions, trustedText } from '../limits/trusted-documents.ts';
import { introspects, validateWithin } from '../limits/validation.ts';
import { FewAtOnce } from './few-at-once.ts';
import { badRequest } from './http-error.ts';
import { createMeasure, type OperationSize } from './operation-size.ts';
import type { Asked } from './request/asked.ts';

/** An operation of a document that is valid for a role's schema. As long as it is cached, it is always the same object. */
export interface PreparedOperation {
  /** Unique in this process. */
  readonly number: number;
  readonly schema: RoleSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Whether the document introspects the schema. */
  readonly introspects: boolean;
  /** Whether it is a trusted document, which is always worth compiling. */
  readonly trusted: boolean;
  readonly size: OperationSize;
  /** The approximate size of its document in memory, in bytes. */
  readonly bytes: number;
}

export interface PrepareOptions {
  readonly limits: Limits;
  /** Whether clients may introspect the schema. */
  readonly introspection: boolean;
  /** The documents that may be executed; any if undefined. */
  readonly trustedDocuments: TrustedDocumentsOptions | undefined;
  /** Whether a document that was sent once can be executed by its hash from then on. */
  readonly automaticPersistedQueries: boolean;
}

/** The maximum size of all cached documents of all roles, in bytes. */
const capacity = 16 * 1024 * 1024;
/** The size of the largest document that is cached, in bytes. */
const largestEntry = 4 * 1024 * 1024;
/** The maximum size of all texts that are known by their hash, in bytes. */
const persistedCapacity = 8 * 1024 * 1024;
/** The memory of a document per token, with nodes and locations, in bytes: measured on Node 20 and 24. */
const bytesPerToken = 400;
/** The memory of a document per character: the text is kept with the document and as its key, and its literals once more. */
const bytesPerCharacter = 6;

/** The length of a document that is read in less time than it would wait behind others, such as that of a health check. */
const shortText = 100;
/** The length of a document whose parsing and validation may take more than a millisecond or two. */
const longText = 4 * 1024;
/** How many long documents are prepared at the same time: each takes some megabytes until it has been validated. */
const mostLong = 2;

/**
 * The third step of the pipeline: parses and validates each document once per schema. Invalid documents are not cached.
 */
export class PreparedDocuments {
  readonly #options: PrepareOptions;
  readonly #documents = new LRUCache<string, PreparedDocument>({
    maxSize: capacity,
    maxEntrySize: largestEntry,
    sizeCalculation: ({ bytes }) => bytes,
    dispose: ({ operations }) => {
      for (const { number } of operations.values()) this.#byNumber.delete(number);
    },
  });
  /** The operations of the cached documents, with the keys of these. */
  readonly #byNumber = new Map<number, CachedOperation>();
  /** The texts of documents by schema and hash. */
  readonly #persistedTexts = new LRUCache<string, string>({
    maxSize: persistedCapacity,
    sizeCalculation: (text, key) => 2 * (text.length + key.length),
  });
  readonly #long = new FewAtOnce(mostLong);
  readonly #prefixes = new WeakMap<RoleSchema, string>();
  #schemas = 0;

  constructor(options: PrepareOptions) {
    this.#options = options;
  }

  /** The number and size of the cached documents. */
  get size(): CacheSize {
    return { entries: this.#documents.size, bytes: this.#documents.calculatedSize };
  }

  /** The number and size of the texts that are known by their hash. */
  get persistedSize(): CacheSize {
    return { entries: this.#persistedTexts.size, bytes: this.#persistedTexts.calculatedSize };
  }

  /**
   * The requested operation. The result is a promise only if its document is not cached, and is long or has to wait for a turn.
   *
   * @param lifetime of the request, with which the preparation ends
   * @throws GatewayError if no document is named, or it must not be executed
   * @throws GraphQLError if the text is not GraphQL
   * @throws AggregateError of GraphQLErrors if the document is not valid
   */
  prepare(schema: RoleSchema, asked: Asked, lifetime: Lifetime): Ready<PreparedOperation> {
    const { memory } = asked;
    const latest = memory.operation === undefined ? undefined : this.#latest(schema, memory.operation);
    if (latest) return latest;
    return whenReady(this.#prepare(schema, asked, lifetime), (prepared) => {
      memory.operation = prepared.number;
      return prepared;
    });
  }

  #prepare(schema: RoleSchema, asked: Asked, lifetime: Lifetime): Ready<PreparedOperation> {
    const { trustedDocuments } = this.#options;
    if (trustedDocuments) {
      const trusted = this.#document(schema, trustedText(asked, trustedDocuments), lifetime);
      return whenReady(trusted, (document) => document.operation(asked.operationName));
    }
    const text = asked.hash === undefined ? textOf(asked) : this.#persisted(schema, asked.hash, asked.query);
    return whenReady(this.#document(schema, text, lifetime), (document) => {
      // Only valid documents are cached.
      if (asked.hash !== undefined) this.#persistedTexts.set(this.#prefixOf(schema) + asked.hash, text);
      return document.operation(asked.operationName);
    });
  }

  /** The operations of all trusted documents that are valid for the schema, since roles see different parts. */
  *trusted(schema: RoleSchema): Iterable<PreparedOperation> {
    for (const text of this.#options.trustedDocuments?.documents.values() ?? []) {
      const prepared = this.#tryDocument(schema, text);
      if (prepared) yield* prepared.operations.values();
    }
  }

  #tryDocument(schema: RoleSchema, text: string): PreparedDocument | undefined {
    try {
      return this.#known(schema, text) ?? this.#validate(schema, text, this.#parse(text));
    } catch (error) {
      if (error instanceof AggregateError) return undefined;
      throw error;
    }
  }

  /**
   * The text of a document that is requested by its hash, with or without the text:
   * https://www.apollographql.com/docs/apollo-server/performance/apq
   */
  #persisted(schema: RoleSchema, hash: string, query: string | undefined): string {
    if (!this.#options.automaticPersistedQueries) {
      if (query !== undefined) return query;
      // Clients recognise both errors by these messages.
      throw new GatewayError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
    }
    const text = query ?? this.#persistedTexts.get(this.#prefixOf(schema) + hash);
    if (text === undefined) throw new GatewayError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');
    if (query !== undefined && createHash('sha256').update(query).digest('hex') !== hash.toLowerCase()) {
      throw badRequest('extensions.persistedQuery.sha256Hash is not the SHA-256 of the query');
    }
    return text;
  }

  #document(schema: RoleSchema, text: string, lifetime: Lifetime): Ready<PreparedDocument> {
    const known = this.#known(schema, text);
    if (known) return known;
    if (text.length > longText) return this.#long.run(() => this.#readInTurns(schema, text, lifetime));
    if (text.length > shortText && isTurnSpent()) {
      return turnWithin(lifetime).then(() => this.#readNow(schema, text));
    }
    return this.#readNow(schema, text);
  }

  /** Parses and validates in separate turns, because each takes some milliseconds for the longest text. */
  async #readInTurns(schema: RoleSchema, text: string, lifetime: Lifetime): Promise<PreparedDocument> {
    await turnWithin(lifetime);
    const known = this.#known(schema, text);
    if (known) return known;
    const document = this.#parse(text);
    await turnWithin(lifetime);
    return this.#validate(schema, text, document);
  }

  /** Another request may have prepared the document meanwhile. */
  #readNow(schema: RoleSchema, text: string): PreparedDocument {
    return this.#known(schema, text) ?? this.#validate(schema, text, this.#parse(text));
  }

  /** The operation that the same request had before, if it is still cached. It counts as used. */
  #latest(schema: RoleSchema, number: number): PreparedOperation | undefined {
    const cached = this.#byNumber.get(number);
    if (cached?.operation.schema !== schema) return undefined;
    this.#documents.get(cached.key);
    return cached.operation;
  }

  #known(schema: RoleSchema, text: string): PreparedDocument | undefined {
    return this.#documents.get(this.#prefixOf(schema) + text);
  }

  #parse(text: string): DocumentNode {
    const { trustedDocuments, limits } = this.#options;
    // The limits do not apply to trusted documents.
    return trustedDocuments?.allowArbitraryOperations === false ? parse(text) : parseWithin(limits, text);
  }

  #validate(schema: RoleSchema, text: string, document: DocumentNode): PreparedDocument {
    const { trustedDocuments, introspection } = this.#options;
    const errors = validateWithin(schema.schema, document, { introspection });
    if (errors.length > 0) throw new AggregateError(errors);
    const trusted = trustedDocuments?.allowArbitraryOperations === false;
    const prepared = new PreparedDocument(document, { schema, trusted });
    const key = this.#prefixOf(schema) + text;
    this.#documents.set(key, prepared);
    if (this.#documents.has(key)) {
      for (const operation of prepared.operations.values()) {
        this.#byNumber.set(operation.number, { operation, key });
      }
    }
    return prepared;
  }

  #prefixOf(schema: RoleSchema): string {
    const prefix = this.#prefixes.get(schema) ?? `${++this.#schemas}:`;
    this.#prefixes.set(schema, prefix);
    return prefix;
  }
}

interface CachedOperation {
  readonly operation: PreparedOperation;
  readonly key: string;
}

/** The number of the operation that was prepared last. */
let lastNumber = 0;

class PreparedDocument {
  /** By name; '' stands for an operation without a name. */
  readonly operations: ReadonlyMap<string, PreparedOperation>;
  /** What it takes in memory, roughly. */
  readonly bytes: number;

  constructor(document: DocumentNode, given: Pick<PreparedOperation, 'schema' | 'trusted'>) {
    const characters = document.loc?.source.body.length ?? 0;
    this.bytes = bytesPerToken * tokensOf(document) + bytesPerCharacter * characters;
    const shared = { ...given, document, introspects: introspects(document), bytes: this.bytes };
    const measure = createMeasure(document);
    this.operations = new Map(
      document.definitions
        .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
        .map((operation) => [
          operation.name?.value ?? '',
          { ...shared, number: ++lastNumber, operation, size: measure(operation.selectionSet) },
        ]),
    );
  }

  operation(name: string | undefined): PreparedOperation {
    const [first, second] = this.operations.values();
    if (name === undefined && first && !second) return first;
    const found = name === undefined ? undefined : this.operations.get(name);
    if (found) return found;
    throw new BadUserInputError('operationName', problemOf(name, first !== undefined));
  }
}

function textOf({ query, documentId }: Asked): string {
  if (query !== undefined) return query;
  if (documentId === undefined) throw badRequest('the request has no query');
  throw new GatewayError(
    'PERSISTED_QUERY_NOT_SUPPORTED',
    'documents have no ids here: send a query (--persisted-operations)',
  );
}

function problemOf(name: string | undefined, hasOperations: boolean): string {
  if (!hasOperations) return 'the document has no operation';
  if (name === undefined) return 'the document has several operations: select one with operationName';
  return `the document has no operation named ${JSON.stringify(name)}`;
}

function tokensOf(document: DocumentNode): number {
  let tokens = 0;
  for (let token = document.loc?.startToken; token; token = token.next ?? undefined) tokens++;
  return tokens;
}
