import type { GraphQLOutputType } from 'graphql';
import type { Column as StoredColumn } from '../columns/column.ts';
import { columnValue } from '../graphql/row-node.ts';
import type { Column } from '../model/model.ts';
import { readTyped } from '../rows/store/read-value.ts';
import type { RowStore } from '../rows/store/row-store.ts';
import type { TableView } from '../rows/store/view.ts';
import { valueType } from '../values/type/registry.ts';
import { AttributesWriter } from './attributes-writer.ts';
import { serialize } from './serialize.ts';
import { ComputedWriter, columnWriter, type ValueWriter } from './value-writer.ts';

/**
 * The writers of a store's columns, created on first use and shared by all operations. They live as long as the store.
 */
export class StoreWriters {
  readonly #outputs = new Map<Column, ValueWriter>();
  readonly #ids = new Map<Column, ValueWriter>();
  readonly #attributes = new Map<StoredColumn, ValueWriter>();

  /** Writes a column's values for a field of this type. */
  output(view: TableView, column: Column, type: GraphQLOutputType): ValueWriter {
    return remembered(this.#outputs, column, () => {
      const jsonOf = (row: number) => serialize(type, columnValue({ view, row }, column));
      const isJson = column.type.kind === 'json' || column.type.kind === 'jsonb';
      return isJson && column.origin.kind === 'attributes'
        ? new AttributesWriter(view, jsonOf)
        : columnWriter(view, column, jsonOf);
    });
  }

  /** Writes a column's values for cursors and nodeIds. */
  id(view: TableView, column: Column): ValueWriter {
    return remembered(this.#ids, column, () => idValueWriter(view, column));
  }

  /** Writes one attribute by its name. */
  attribute(view: TableView, name: string): ValueWriter {
    const origin = { kind: 'attribute', attribute: name } as const;
    const jsonOf = (row: number) => JSON.stringify(view.store.attribute(row, name));
    const stored = view.store.column(origin);
    // Writers for names that no row has are not kept, because clients can think of any number of names.
    if (!stored) return new ComputedWriter(jsonOf);
    return remembered(this.#attributes, stored, () =>
      columnWriter(view, { ...anonymous, origin, type: { kind: 'text' } }, jsonOf),
    );
  }
}

function idValueWriter(view: TableView, column: Column): ValueWriter {
  const type = valueType(column.type);
  return columnWriter(view, column, (row) => {
    const value = readTyped(view, column, row) ?? null;
    return value === null ? 'null' : type.jsonb(value);
  });
}

const anonymous = { name: '', fieldName: '', description: undefined, notNull: false };

const byStore = new WeakMap<RowStore, StoreWriters>();

/** The writers of a store's columns. */
export function writersOf(store: RowStore): StoreWriters {
  return remembered(byStore, store, () => new StoreWriters());
}

function remembered<K extends object, V>(
  known: { get(key: K): V | undefined; set(key: K, value: V): unknown },
  key: K,
  make: () => V,
): V {
  const found = known.get(key);
  if (found) return found;
  const made = make();
  known.set(key, made);
  return made;
}
