import type { DocumentNode } from 'graphql';

/** A cache as Yoga's `parserAndValidationCache` takes it. */
interface Cache<Value> {
  get(text: string): Value | undefined;
  set(text: string, value: Value): void;
}

/** Characters of the longest document that is remembered. */
const longestDocument = 16_384;
/**
 * Characters of all remembered documents together. A parsed document takes up to 300 times its text, so that these
 * are at most about 150 MB, and a few for the documents that people write.
 */
const capacity = 512 * 1024;

/**
 * Caches that a stream of ever new documents cannot fill without bound, which Yoga's own would let it: they count
 * documents, of any size. The least recently used documents go first. Refused documents are not remembered.
 */
export function createDocumentCaches(): {
  readonly documentCache: Cache<DocumentNode>;
  readonly errorCache: Cache<unknown>;
} {
  const documents = new Map<string, DocumentNode>();
  let characters = 0;

  function forget(text: string): void {
    if (documents.delete(text)) characters -= text.length;
  }

  return {
    documentCache: {
      get(text) {
        const document = documents.get(text);
        if (document) {
          documents.delete(text);
          documents.set(text, document);
        }
        return document;
      },
      set(text, document) {
        if (text.length > longestDocument) return;
        forget(text);
        documents.set(text, document);
        characters += text.length;
        for (const oldest of documents.keys()) {
          if (characters <= capacity) break;
          forget(oldest);
        }
      },
    },
    errorCache: { get: () => undefined, set: () => {} },
  };
}
