/**
 * Records whose fields are all text, without attributes, as the UTF-8 bytes that were received: they are stored as UTF-8
 * too, so they need not become strings in between. Valid until the next page is requested, which reuses the bytes.
 */
export interface TextRows {
  /** How many records there are. */
  readonly length: number;
  /** Holds the texts, each of which is valid UTF-8. */
  readonly bytes: Buffer;
  /** Where each field's text starts and ends in `bytes`, record by record in the source's order; -1 twice where null. */
  readonly spans: readonly number[];
}
