import type { Column, TextColumn } from '../../columns/column.ts';
import type { Origin } from '../../model/model.ts';

/**
 * What the query engine reads: immutable rows in columns. Rows stand in the order of their identity, by UTF-8
 * bytes, so comparing row numbers compares identities.
 */
export interface RowStore {
  readonly rowCount: number;
  /** What tells rows apart: a value for every row, no two alike, ascending. */
  readonly identity: TextColumn;
  /** The stored column of a field or attribute; undefined where no row has a value there. */
  column(origin: StoredOrigin): Column | undefined;
  /** One attribute of a row; null where the row has none. */
  attribute(row: number, name: string): string | null;
  /** All attributes of a row, in the source's order. */
  attributes(row: number): readonly (readonly [name: string, value: string | null])[];
  /** Where the attributes of a row are stored, in the same order. The same objects for all rows. */
  slotsOf(row: number): readonly Slot[];
}

/** One of the things that rows have under a name. */
export interface Slot {
  readonly name: string;
  /** Where its values are; undefined where the slot stands for a null. */
  readonly column: Column | undefined;
}

/** An origin that has a column of its own. */
export type StoredOrigin = Exclude<Origin, { readonly kind: 'attributes' }>;
