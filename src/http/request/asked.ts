/** The content of a request, independent of the schema. */
export interface Asked {
  /** The document's text. */
  readonly query: string | undefined;
  /** The id of a trusted document. */
  readonly documentId: string | undefined;
  /** The SHA-256 of the document in hexadecimal. */
  readonly hash: string | undefined;
  readonly operationName: string | undefined;
  /** As they were sent. */
  readonly variables: Variables;
  /** The same as JSON, as it was sent; undefined if that was not kept. */
  readonly variableText: string | undefined;
  /** An upper bound of their size, in bytes. */
  readonly variableBytes: number;
  /** What later steps have found, for the next request that differs only in its variables. */
  readonly memory: AskedMemory;
}

/** It contains only numbers, so that it does not keep entries of other caches alive. */
export interface AskedMemory {
  /** The number of the operation as which it was last prepared. */
  operation?: number;
}

/** Values of variables by name. */
export type Variables = Readonly<Record<string, unknown>>;
