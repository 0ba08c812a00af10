import type { Column } from './column.ts';
import type { Pace } from './pace.ts';

/** Takes values in the order they arrive, and makes a column of them in the order of the rows. */
export interface ColumnBuilder<T> {
  /** Gives the arrival a value. Arrivals are numbered from 0 and come in ascending order; one left out is NULL. */
  set(arrival: number, value: T): void;
  /** @param order the arrival that each row is, row by row; an arrival may be left out */
  finish(order: Uint32Array, pace: Pace): Promise<Column>;
}
