/** The interface to where rows come from. Only a source knows its kind of foreign server. */

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
  /** Further named values, in the source's order. */
  readonly attributes: readonly (readonly [name: string, value: string | null])[];
}

/** Some records of a scan. */
export type Page = readonly SourceRecord[] | TextRows;

/** The progress of a scan. */
export interface ScanProgress {
  readonly rows: number;
  readonly pages: number;
  readonly requests: number;
  readonly throttles: number;
  /** Retries of failed requests; absent if the source does not count them. */
  readonly retries?: number;
  /** How often the source rejected its own page token, so that a part of the scan restarted. */
  readonly refusedTokens?: number;
  /** How many rows the object is believed to hold; undefined if the source cannot tell. */
  readonly estimatedRows: number | undefined;
}

/** A source of one object's rows, which come in pages of one kind. */
export interface Source<Kind extends Page = Page> {
  readonly fields: readonly Field[];
  /**
   * Identifies what is read, such as a pool and its address, without a secret. A snapshot of one origin is never used for
   * another. If undefined, the names of server and object are sufficient.
   */
  readonly origin?: string | undefined;
  /** Identifies, without a secret, the quota of its requests, such as an account; undefined if there is none. */
  readonly quota?: string | undefined;
  /**
   * Waits until a scan may begin; absent if it may at any time. Returns what to call when it has ended.
   *
   * @throws the signal's reason
   */
  admit?(signal: AbortSignal): Promise<() => void>;
  /**
   * Reads the whole object once. It yields each record at most once, whatever had to be retried or restarted, and ends only
   * after the last one.
   *
   * @param signal aborts the scan and closes its sockets
   * @param onProgress called after every page and every throttle
   * @param rateShare the share of its rate that the scan may use, if others scan at the same time; default 1
   * @throws ScanError if the scan cannot be completed
   */
  scan(
    signal: AbortSignal,
    onProgress: (progress: ScanProgress) => void,
    rateShare?: () => number,
  ): AsyncIterable<Kind>;
  /**
   * Checks with few requests whether a scan would succeed; absent if only a scan can show that.
   *
   * @throws the signal's reason
   */
  diagnose?(signal: AbortSignal): Promise<readonly Finding[]>;
  /** Closes connections. No scan may be running. */
  close(): void;
}
