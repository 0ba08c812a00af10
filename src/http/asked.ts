/** What a request asks for, before anything is known of the schema. */
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
  /** The same as the JSON that was sent; undefined where that was not kept. */
  readonly variableText: string | undefined;
  /** An upper bound of their size, in bytes. */
  readonly variableBytes: number;
  /** What later steps have found out, for the next request that differs in its variables alone. */
  readonly memory: AskedMemory;
}

/** Numbers only: what is remembered elsewhere, within its own bound, must not live on here. */
export interface AskedMemory {
  /** The number of the operation as which it was last prepared. */
  operation?: number;
}

/** Values of variables by name. */
export type Variables = Readonly<Record<string, unknown>>;
