import { type ForeignObject, type Freshness, type Model, objectsOf, type Table } from '../model/model.ts';
import type { Source } from '../source/source.ts';
import type { AttributeNeeds } from './attributes-builder.ts';
import { SnapshotStore } from './store.ts';
import type { SnapshotStoreOptions, StoreDefinition } from './store-definition.ts';
import type { StoreStatus } from './store-status.ts';

/** What the stores of all foreign objects have in common. */
export type StoresOptions = Omit<SnapshotStoreOptions, 'source' | 'server' | 'object' | 'needs'> & {
  readonly model: Model;
  /** The source of a foreign object. */
  readonly connect: (object: ForeignObject) => Source;
  /** Those of the model before: what of them suits this one too goes on. */
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
  /** The same by tables, which are looked up for every request. */
  readonly #byTable = new WeakMap<Table, SnapshotStore>();
  /** How often objects are scanned whose tables say so. */
  readonly #refreshMs = new Map<string, number>();

  readonly #model: Model;

  constructor({ model, connect, previous, ...options }: StoresOptions) {
    this.#model = model;
    const earlier = previous ? previous.#stores : new Map<string, SnapshotStore>();
    for (const foreignObject of objectsOf(model.tables)) {
      const { server, object, tables } = foreignObject;
      // What others scan for this gateway, and it for them, must have everything that any of them is asked for.
      const needs = options.sharing ? 'all' : attributeNeeds(tables);
      const source = connect(foreignObject);
      const definition = {
        maxAgeMs: shortest(tables, 'maxAgeMs') ?? options.maxAgeMs,
        staleWhileRevalidateMs: shortest(tables, 'staleWhileRevalidateMs') ?? options.staleWhileRevalidateMs,
        source,
        needs,
      };
      const before = earlier.get(pathOf({ server, object }));
      this.#stores.set(
        pathOf({ server, object }),
        goOn(before, definition, tables) ?? new SnapshotStore({ ...options, ...definition, server, object }),
      );
      const refreshMs = shortest(tables, 'refreshMs');
      if (refreshMs !== undefined) this.#refreshMs.set(pathOf({ server, object }), refreshMs);
    }
  }

  /** The store of the object behind a table. */
  of(table: Table): SnapshotStore {
    const known = this.#byTable.get(table);
    if (known) return known;
    const store = this.#stores.get(pathOf(table));
    if (!store) throw new Error(`the table must be one of the model, but got ${table.schema}.${table.name}`);
    this.#byTable.set(table, store);
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

  /** The columns whose attribute the rows that are held lack, since it was not asked for when they were scanned. */
  lacking(): readonly ColumnPath[] {
    return this.#model.tables.flatMap((table) =>
      lackingColumns(table, this.of(table)).map((column) => ({
        schema: table.schema,
        table: table.name,
        column,
      })),
    );
  }

  /** Scans every object anew that lacks a column. @throws ScanError where one cannot be scanned */
  async fetchLacking(): Promise<void> {
    const tables = this.#model.tables.filter((table) => lackingColumns(table, this.of(table)).length > 0);
    await Promise.all([...new Set(tables.map((table) => this.of(table)))].map((store) => store.rescan()));
  }

  /** Closes the stores that none of the others has. */
  async closeUnless(others: readonly SnapshotStores[]): Promise<void> {
    const kept = new Set(others.flatMap((other) => [...other.#stores.values()]));
    const left = [...this.#stores.values()].filter((store) => !kept.has(store));
    await Promise.all(left.map((store) => store.close()));
  }

  /** What every store holds and does. */
  status(): readonly StoreStatus[] {
    return [...this.#stores.values()].map((store) => store.status());
  }

  /** Ends all scans and frees their connections. */
  close(): Promise<void> {
    return this.closeUnless([]);
  }
}

/** The store under a new definition, where it suits that. */
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

/** A policy that cannot be decided by the rows that are held must not be applied to them. */
function needsPoliciesOf(tables: readonly Table[], store: SnapshotStore): boolean {
  return tables.some((table) => table.policies && lackingColumns(table, store).length > 0);
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
