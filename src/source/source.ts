/** The seam where rows come from. A source knows one kind of foreign server; everything behind it is alike. */

import type { Finding } from './finding.ts';
import type { TextRows } from './text-rows.ts';

/** A field that every record of the source has, in the order of `SourceRecord.fields`. */
export interface Field {
  readonly name: string;
  /** `timestamp` values are milliseconds since 1970-01-01T00:00:00Z. */
  readonly type: 'text' | 'boolean' | 'timestamp';
}

/** One row as the source delivers it. */
export interface SourceRecord {
  /** The fixed fields, in the source's order. The first is the row's identity: unique, never null. */
  readonly fields: readonly (string | boolean | number | null)[];
  /** Further values under names of their own, in the source's order. */
  readonly attributes: readonly (readonly [name: string, value: string | null])[];
}

/** Some records of a scan. */
export type Page = readonly SourceRecord[] | TextRows;

/** What a scan has done so far. */
export interface ScanProgress {
  readonly rows: number;
  readonly pages: number;
  readonly requests: number;
  readonly throttles: number;
  /** Requests that repeated one which had failed; absent if the source does not count them. */
  readonly retries?: number;
  /** How often the source did not know its own page token any more, so that a part of the scan began again. */
  readonly refusedTokens?: number;
  /** How many rows the object is believed to hold; undefined if the source cannot tell. */
  readonly estimatedRows: number | undefined;
}

/** A source of one object's rows, which come in pages of one kind. */
export interface Source<Kind extends Page = Page> {
  readonly fields: readonly Field[];
  /**
   * Names what is read, such as a pool and its address, without a secret: what was read from one origin is never
   * taken for another's. Where it is undefined, the names of server and object say enough.
   */
  readonly origin?: string | undefined;
  /** Names, without a secret, what its requests are counted with, such as an account; undefined if they are not. */
  readonly quota?: string | undefined;
  /**
   * Reads the whole object once. Yields each record at most once, whatever had to be retried or restarted, and
   * ends only after the last one.
   *
   * @param signal ends the scan and frees its sockets
   * @param onProgress is told after every page and every throttle
   * @param rateShare the share of its rate that the scan may use now, where others scan at the same time; default 1
   * @throws ScanError when the scan cannot be completed
   */
  scan(
    signal: AbortSignal,
    onProgress: (progress: ScanProgress) => void,
    rateShare?: () => number,
  ): AsyncIterable<Kind>;
  /**
   * Asks as little as shows whether a scan would succeed; absent if only a scan can show that.
   *
   * @throws the signal's reason
   */
  diagnose?(signal: AbortSignal): Promise<readonly Finding[]>;
  /** Frees connections. No scan may be under way. */
  close(): void;
}
