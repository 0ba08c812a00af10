import type { Column } from './column.ts';
import type { Pace } from './pace.ts';

/** Collects values in the order they arrive, and builds a column in the order of the rows. */
export interface ColumnBuilder<T> {
  /** Sets the value of an arrival. Arrivals are numbered from 0 and set in ascending order; one that is skipped is NULL. */
  set(arrival: number, value: T): void;
  /** About how many bytes the values take so far. */
  readonly byteLength: number;
  /** @param order the arrival of each row; not every arrival has to become a row */
  finish(order: Uint32Array, pace: Pace): Promise<Column>;
}

/** The same for text, which may also come as its UTF-8. */
export interface TextColumnBuilder extends ColumnBuilder<string> {
  /** Gives the arrival the text that is in `bytes` from `start` to `end`, which must be valid UTF-8. */
  setBytes(arrival: number, bytes: Buffer, start: number, end: number): void;
}
