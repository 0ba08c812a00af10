import {
  type ForeignObject,
  type Freshness,
  type Model,
  objectKey,
  objectsOf,
  type Table,
} from '../model/model.ts';
import type { Source } from '../source/source.ts';
import type { AttributeNeeds } from './attributes-builder.ts';
import { SnapshotStore } from './store.ts';
import type { SnapshotStoreOptions, StoreDefinition } from './store-definition.ts';
import type { StoreStatus } from './store-status.ts';

/** The options that all stores have in common, and what they are created from. */
export type StoresOptions = Omit<SnapshotStoreOptions, 'source' | 'server' | 'object' | 'needs'> & {
  readonly model: Model;
  /** The source of a foreign object. */
  readonly connect: (object: ForeignObject) => Source;
  /** The stores of the previous model. Those that suit this model are kept. */
  readonly previous?: SnapshotStores | undefined;
};

/** A column of a table. */
export interface ColumnPath {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

/** One store per foreign object of a model, shared by every table on it, every role and every request. */
export class SnapshotStores {
  readonly #stores = new Map<string, SnapshotStore>();
  /** The same by table, because every request looks them up. */
  readonly #byTable = new WeakMap<Table, SnapshotStore>();
  /** The scan interval of each object whose tables declare one. */
  readonly #refreshMs = new Map<string, number>();

  readonly #model: Model;

  constructor({ model, connect, previous, ...options }: StoresOptions) {
    this.#model = model;
    const earlier = previous ? previous.#stores : new Map<string, SnapshotStore>();
    for (const foreignObject of objectsOf(model.tables)) {
      const { server, object, tables } = foreignObject;
      // A shared scan must contain everything that any of the gateways may be asked for.
      const needs = options.sharing ? 'all' : attributeNeeds(tables);
      const source = connect(foreignObject);
      const definition = {
        maxAgeMs: shortest(tables, 'maxAgeMs') ?? options.maxAgeMs,
        staleWhileRevalidateMs: shortest(tables, 'staleWhileRevalidateMs') ?? options.staleWhileRevalidateMs,
        source,
        needs,
      };
      const before = earlier.get(objectKey({ server, object }));
      this.#stores.set(
        objectKey({ server, object }),
        goOn(before, definition, tables) ?? new SnapshotStore({ ...options, ...definition, server, object }),
      );
      const refreshMs = shortest(tables, 'refreshMs');
      if (refreshMs !== undefined) this.#refreshMs.set(objectKey({ server, object }), refreshMs);
    }
  }

  /** The store of the object behind a table. */
  of(table: Table): SnapshotStore {
    const known = this.#byTable.get(table);
    if (known) return known;
    const store = this.#stores.get(objectKey(table));
    if (!store) throw new Error(`the model has no table ${table.schema}.${table.name}`);
    this.#byTable.set(table, store);
    return store;
  }

  /**
   * Scans objects before the first request; see `SnapshotStore.keepScanned`. An object whose tables declare an interval is
   * always scanned.
   *
   * @param all whether to scan the other objects too, every `everyMs`
   */
  keepScanned({ all, everyMs }: { readonly all: boolean; readonly everyMs: number | undefined }): void {
    for (const [path, store] of this.#stores) {
      const ownMs = this.#refreshMs.get(path);
      if (all || ownMs !== undefined) store.keepScanned(ownMs ?? everyMs);
    }
  }

  /** The columns whose attribute is missing in the latest snapshot, because its scan did not keep it. */
  lacking(): readonly ColumnPath[] {
    return this.#model.tables.flatMap((table) =>
      lackingColumns(table, this.of(table)).map((column) => ({
        schema: table.schema,
        table: table.name,
        column,
      })),
    );
  }

  /** Rescans every object that lacks a column. @throws ScanError if one cannot be scanned */
  async fetchLacking(): Promise<void> {
    const tables = this.#model.tables.filter((table) => lackingColumns(table, this.of(table)).length > 0);
    await Promise.all([...new Set(tables.map((table) => this.of(table)))].map((store) => store.rescan()));
  }

  /** Closes the stores that the others do not use. */
  async closeUnless(others: readonly SnapshotStores[]): Promise<void> {
    const kept = new Set(others.flatMap((other) => [...other.#stores.values()]));
    const left = [...this.#stores.values()].filter((store) => !kept.has(store));
    await Promise.all(left.map((store) => store.close()));
  }

  /** The status of each store. */
  status(): readonly StoreStatus[] {
    return [...this.#stores.values()].map((store) => store.status());
  }

  /** Aborts all scans and closes their connections. */
  close(): Promise<void> {
    return this.closeUnless([]);
  }
}

/** Keeps a store under a new definition; undefined if the two do not suit each other. */
function goOn(
  store: SnapshotStore | undefined,
  definition: StoreDefinition,
  tables: readonly Table[],
): SnapshotStore | undefined {
  if (!store?.suits(definition) || needsPoliciesOf(tables, store)) return undefined;
  store.redefine(definition);
  return store;
}

function lackingColumns({ columns }: Table, store: SnapshotStore): string[] {
  return columns.flatMap(({ name, origin }) => {
    if (origin.kind === 'field') return [];
    return store.lacks(origin.kind === 'attributes' ? 'all' : origin.attribute) ? [name] : [];
  });
}

/** Whether the latest snapshot lacks an attribute that a policy may depend on. */
function needsPoliciesOf(tables: readonly Table[], store: SnapshotStore): boolean {
  return tables.some((table) => table.policies && lackingColumns(table, store).length > 0);
}

/** The shortest time that the directives of an object's tables declare; undefined if none does. */
function shortest(tables: readonly Table[], name: keyof Freshness): number | undefined {
  const given = tables.flatMap(({ freshness }) => freshness[name] ?? []);
  return given.length > 0 ? Math.min(...given) : undefined;
}

/** The attributes that queries of the tables may need. */
function attributeNeeds(tables: readonly Table[]): AttributeNeeds {
  const origins = tables.flatMap((table) => table.columns.map((column) => column.origin));
  if (origins.some((origin) => origin.kind === 'attributes')) return 'all';
  return new Set(origins.flatMap((origin) => (origin.kind === 'attribute' ? [origin.attribute] : [])));
}
