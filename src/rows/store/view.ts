import type { Pace } from '../../columns/pace.ts';
import type { Ready } from '../../columns/ready.ts';
import { UuidColumn } from '../../columns/uuid-column.ts';
import type { Column, Table } from '../../model/model.ts';
import { lengthOf } from '../../values/type/modifiers.ts';
import type { SqlType } from '../../values/type/sql-type.ts';
import type { RowStore } from './row-store.ts';
import { cacheOf, type StoreCache } from './store-cache.ts';
import { type TypedColumn, typeColumn } from './typed-column.ts';

/** Encrypts the identities of rows where callers see them; see `CursorSeal`. */
export interface IdentitySeal {
  seal(identity: string): string;
  /** Undefined if the text was not sealed by an equal seal. */
  open(sealed: string): string | undefined;
}

/** A table over a store. It is cheap to create: everything derived belongs to the store. */
export class TableView {
  readonly store: RowStore;
  readonly table: Table;
  readonly seal: IdentitySeal;
  readonly cache: StoreCache;

  constructor(store: RowStore, table: Table, seal: IdentitySeal) {
    this.store = store;
    this.table = table;
    this.seal = seal;
    this.cache = cacheOf(store);
  }

  /**
   * The column's values as values of its type, derived once per store on first use.
   *
   * @param type a type to read the column as, other than its own
   */
  typed(column: Column, pace: Pace, type: SqlType = column.type): Ready<TypedColumn> {
    return this.cache.columns.get(columnKey(column, type), pace, (shared) =>
      typeColumn(this.store, column.origin, type, shared),
    );
  }

  /** Whether the column is the identity, so that its order is that of row numbers. */
  isIdentity({ origin, type }: Column): boolean {
    const { identity } = this.store;
    if (origin.kind === 'attributes' || this.store.column(origin) !== identity) return false;
    if (type.kind === 'uuid') return identity instanceof UuidColumn;
    if (type.kind !== 'text') return false;
    return type.modifier === undefined || longestIdentity(this.store) <= lengthOf(type.modifier);
  }
}

/** The length of the longest identity in bytes. */
function longestIdentity(store: RowStore): number {
  const known = longestIdentities.get(store);
  if (known !== undefined) return known;
  const reader = store.identity.reader();
  let longest = 0;
  for (let row = 0; row < store.rowCount; row++) {
    reader.locate(row);
    longest = Math.max(longest, reader.end - reader.start);
  }
  longestIdentities.set(store, longest);
  return longest;
}

const longestIdentities = new WeakMap<RowStore, number>();

/** A key that columns share if they have the same values: where these come from, and how they are read. */
export function columnKey(column: Column, type: SqlType = column.type): string {
  if (type !== column.type) return writeKey(column, type);
  const known = columnKeys.get(column);
  if (known !== undefined) return known;
  const key = writeKey(column, type);
  columnKeys.set(column, key);
  return key;
}

const columnKeys = new WeakMap<Column, string>();

function writeKey({ origin }: Column, type: SqlType): string {
  return JSON.stringify([origin, type]);
}
