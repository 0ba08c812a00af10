import { type ForeignObject, type Model, objectsOf, type Table } from '../model/model.ts';
import type { Source } from '../source/source.ts';
import { type AttributeNeeds, SnapshotStore, type SnapshotStoreOptions, type StoreStatus } from './store.ts';

/** What the stores of all foreign objects have in common. */
export type StoresOptions = Omit<SnapshotStoreOptions, 'source' | 'server' | 'object' | 'needs'> & {
  readonly model: Model;
  /** The source of a foreign object. */
  readonly connect: (object: ForeignObject) => Source;
};

/** One store per foreign object, shared by every table on it, every role and every request. */
export class SnapshotStores {
  readonly #stores = new Map<string, SnapshotStore>();

  constructor({ model, connect, ...options }: StoresOptions) {
    for (const foreignObject of objectsOf(model.tables)) {
      const { server, object, tables } = foreignObject;
      const needs = attributeNeeds(tables);
      const source = connect(foreignObject);
      this.#stores.set(
        pathOf({ server, object }),
        new SnapshotStore({ ...options, source, server, object, needs }),
      );
    }
  }

  /** The store of the object behind a table. */
  of(table: Table): SnapshotStore {
    const store = this.#stores.get(pathOf(table));
    if (!store) throw new Error(`the table must be one of the model, but got ${table.schema}.${table.name}`);
    return store;
  }

  /** Has every object scanned before anybody asks; see `SnapshotStore.keepScanned`. */
  keepScanned(everyMs: number | undefined): void {
    for (const store of this.#stores.values()) store.keepScanned(everyMs);
  }

  /** What every store holds and does. */
  status(): readonly StoreStatus[] {
    return [...this.#stores.values()].map((store) => store.status());
  }

  /** Ends all scans and frees their connections. */
  async close(): Promise<void> {
    await Promise.all([...this.#stores.values()].map((store) => store.close()));
  }
}

/** The attributes that the tables can be asked for. */
function attributeNeeds(tables: readonly Table[]): AttributeNeeds {
  const origins = tables.flatMap((table) => table.columns.map((column) => column.origin));
  if (origins.some((origin) => origin.kind === 'attributes')) return 'all';
  return new Set(origins.flatMap((origin) => (origin.kind === 'attribute' ? [origin.attribute] : [])));
}

function pathOf({ server, object }: Pick<Table, 'server' | 'object'>): string {
  return JSON.stringify([server, object]);
}
