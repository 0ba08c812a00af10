/**
 * Records all of whose fields are text and which have no attributes, as the bytes in which they came: what arrives as
 * UTF-8 and is kept as UTF-8 need not become strings on its way. They are there until the next page is asked for: their
 * bytes are used again.
 */
export interface TextRows {
  /** How many records there are. */
  readonly length: number;
  /** Holds the texts, each of which is valid UTF-8. */
  readonly bytes: Buffer;
  /** Where each field's text starts and ends in `bytes`, record by record in the source's order; -1 twice where null. */
  readonly spans: readonly number[];
}
