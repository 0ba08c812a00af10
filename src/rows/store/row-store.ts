import type { Column, TextColumn } from '../../columns/column.ts';
import type { Origin } from '../../model/model.ts';

/**
 * What the query engine reads: immutable rows in columns. Rows are ordered by the UTF-8 bytes of their identity, so
 * that comparing row numbers compares identities.
 */
export interface RowStore {
  readonly rowCount: number;
  /** The column that identifies rows: a unique value for every row, in ascending order. */
  readonly identity: TextColumn;
  /** The stored column of a field or attribute; undefined if no row has a value there. */
  column(origin: StoredOrigin): Column | undefined;
  /** One attribute of a row; null if the row has none. */
  attribute(row: number, name: string): string | null;
  /** All attributes of a row, in the source's order. */
  attributes(row: number): readonly (readonly [name: string, value: string | null])[];
  /** Where the attributes of a row are stored, in the same order. All rows share the same slot objects. */
  slotsOf(row: number): readonly Slot[];
}

/** The storage of one attribute. */
export interface Slot {
  readonly name: string;
  /** The column of its values; undefined if the slot stands for a null. */
  readonly column: Column | undefined;
}

/** An origin that has a column of its own. */
export type StoredOrigin = Exclude<Origin, { readonly kind: 'attributes' }>;
