import type { Value } from '../values/value.ts';

/**
 * The columns of a snapshot: immutable, compact, one value per row. A row is its number, from 0; rows stand in
 * the order of their identity (by UTF-8 bytes, Postgres' `C` collation), so comparing row numbers compares
 * identities.
 *
 * There are three encodings, and the query engine compiles for each of them.
 */
export type Column = RankedColumn | NumberColumn | TextColumn;

/** A column whose distinct values are few, or cost much to compare: each row has the rank of its value. */
export interface RankedColumn {
  readonly encoding: 'ranked';
  /** Per row 0 where NULL, else 1 + the index of its value in `values`. */
  readonly codes: Uint8Array | Uint16Array | Uint32Array;
  /** The distinct values, ascending in the order of their type. */
  readonly values: readonly Value[];
}

/** Milliseconds since 1970-01-01T00:00:00Z per row; NaN where NULL. */
export interface NumberColumn {
  readonly encoding: 'number';
  readonly values: Float64Array;
}

/** Text whose values are mostly distinct, kept as UTF-8. */
export interface TextColumn {
  readonly encoding: 'text';
  readonly length: number;
  /** The row's text, or null. Makes a string: for rows that leave the gateway. */
  get(row: number): string | null;
  isNull(row: number): boolean;
  /** A reader of the rows' UTF-8 of its own, which no other reader moves. */
  reader(): TextReader;
}

/** Points at the UTF-8 of one row after the other, without making strings. */
export interface TextReader {
  /**
   * Points `bytes`, `start` and `end` at the row's UTF-8 and returns true, or returns false where NULL. What
   * they pointed at before may be overwritten.
   */
  locate(row: number): boolean;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}
