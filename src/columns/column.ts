import type { WordSpan } from '../values/bytes.ts';
import type { Value } from '../values/value.ts';

/**
 * A column of a snapshot: immutable, compact, one value per row. A row is a number from 0. Rows are ordered by identity
 * (by UTF-8 bytes, as under Postgres' collation `C`), so that comparing row numbers compares identities.
 *
 * There are three encodings, and the query engine compiles predicates for each of them.
 */
export type Column = RankedColumn | NumberColumn | TextColumn;

/** A column with few distinct values, or values that are costly to compare: each row holds the rank of its value. */
export interface RankedColumn {
  readonly encoding: 'ranked';
  /** For each row, 1 + the index of its value in `values`; 0 if NULL. */
  readonly codes: Uint8Array | Uint16Array | Uint32Array;
  /** The distinct values, ascending in the order of their type. */
  readonly values: readonly Value[];
}

/** Milliseconds since 1970-01-01T00:00:00Z for each row; NaN if NULL. */
export interface NumberColumn {
  readonly encoding: 'number';
  readonly values: Float64Array;
}

/** Text with mostly distinct values, stored as UTF-8. */
export interface TextColumn {
  readonly encoding: 'text';
  readonly length: number;
  /** The row's text, or null. It allocates a string, so it is for rows that are returned to a client. */
  get(row: number): string | null;
  isNull(row: number): boolean;
  /** A new reader of the rows' UTF-8, independent of all others. */
  reader(): TextReader;
}

/** Gives access to the UTF-8 of one row at a time, without allocating strings. */
export interface TextReader extends WordSpan {
  /**
   * Points the span at the row's UTF-8 and returns true, or returns false if it is NULL. What it pointed at before may be
   * overwritten.
   */
  locate(row: number): boolean;
}
