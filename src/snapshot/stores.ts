import { type ForeignObject, type Freshness, type Model, objectsOf, type Table } from '../model/model.ts';
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
  /** How often objects are scanned whose tables say so. */
  readonly #refreshMs = new Map<string, number>();

  constructor({ model, connect, ...options }: StoresOptions) {
    for (const foreignObject of objectsOf(model.tables)) {
      const { server, object, tables } = foreignObject;
      // What others scan for this gateway, and it for them, must have everything that any of them is asked for.
      const needs = options.sharing ? 'all' : attributeNeeds(tables);
      const source = connect(foreignObject);
      this.#stores.set(
        pathOf({ server, object }),
        new SnapshotStore({
          ...options,
          maxAgeMs: shortest(tables, 'maxAgeMs') ?? options.maxAgeMs,
          staleWhileRevalidateMs:
            shortest(tables, 'staleWhileRevalidateMs') ?? options.staleWhileRevalidateMs,
          source,
          server,
          object,
          needs,
        }),
      );
      const refreshMs = shortest(tables, 'refreshMs');
      if (refreshMs !== undefined) this.#refreshMs.set(pathOf({ server, object }), refreshMs);
    }
  }

  /** The store of the object behind a table. */
  of(table: Table): SnapshotStore {
    const store = this.#stores.get(pathOf(table));
    if (!store) throw new Error(`the table must be one of the model, but got ${table.schema}.${table.name}`);
    return store;
  }

  /**
   * Has objects scanned before anybody asks; see `SnapshotStore.keepScanned`. Those whose tables say how often are
   * scanned in any case.
   *
   * @param all whether to scan the others too, and `everyMs` how often
   */
  keepScanned({ all, everyMs }: { readonly all: boolean; readonly everyMs: number | undefined }): void {
    for (const [path, store] of this.#stores) {
      const ownMs = this.#refreshMs.get(path);
      if (all || ownMs !== undefined) store.keepScanned(ownMs ?? everyMs);
    }
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

/** The least that the directives of an object's tables say of its freshness; undefined where none says anything. */
function shortest(tables: readonly Table[], name: keyof Freshness): number | undefined {
  const given = tables.flatMap(({ freshness }) => freshness[name] ?? []);
  return given.length > 0 ? Math.min(...given) : undefined;
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
