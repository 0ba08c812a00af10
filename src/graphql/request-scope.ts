import DataLoader from 'dataloader';
import { Pace } from '../columns/pace.ts';
import { type Ready, whenReady } from '../columns/ready.ts';
import { ScanError } from '../errors.ts';
import type { Column, Table } from '../model/model.ts';
import { and, type FilterInput, planFilter } from '../plan/filter.ts';
import type { Visibility } from '../plan/policy.ts';
import type { Filter } from '../rows/filter/filter.ts';
import { filterRows, findRows } from '../rows/query.ts';
import { type IdentitySeal, TableView } from '../rows/store/view.ts';
import type { SnapshotRead } from '../snapshot/snapshot-read.ts';
import type { Value } from '../values/value.ts';

/** What a request needs of the gateway to answer its fields. */
export interface RequestPorts {
  /** The table's snapshot, where one is at hand that is fresh enough for the request. */
  tryRead(table: Table): SnapshotRead | undefined;
  /** The table's snapshot, fresh enough for the request. The signal ends the wait for it. */
  read(table: Table, signal: AbortSignal): Promise<SnapshotRead>;
  /** What the caller may see of the table's rows. */
  visibilityOf(table: Table): Visibility;
  /** What the identities of rows are sealed with in cursors. */
  readonly seal: IdentitySeal;
}

/** A scan that a request's answer rests on. */
export interface UsedScan {
  readonly table: Table;
  readonly read: SnapshotRead;
  /** Rows that the request's filters matched, where it asked for their count. */
  rowsMatched: number | undefined;
}

/** How long a request may go on. */
export interface Lifetime {
  /** Aborted when the request's deadline has passed or its client has gone. Read only by what waits or takes long. */
  readonly signal: AbortSignal;
}

/**
 * What the fields of one request share: one snapshot per foreign object, so that they never disagree, and loaders
 * that answer a level of the query in one pass. Ends with the request.
 */
export class RequestScope {
  /** Of the loops over rows that are gone through for the request. */
  readonly pace: Pace;
  readonly seal: IdentitySeal;
  /** The scans that have been used so far, by table. */
  readonly scans = new Map<string, UsedScan>();
  readonly #ports: RequestPorts;
  readonly #lifetime: Lifetime;
  readonly #visibilities = new Map<Table, Visibility>();
  /** The snapshots that are held, by their foreign objects. */
  readonly #reads = new Map<string, SnapshotRead>();
  /** Those that were not at hand. */
  #awaited: Map<string, Promise<SnapshotRead>> | undefined;
  #ended = false;
  // By the objects themselves, of which a schema has one each: these are looked up for every single key.
  readonly #views = new Map<Table, TableView>();
  #loaders: Map<readonly Column[], KeyLoader> | undefined;
  #filters: Map<Table, PlannedFilters> | undefined;

  constructor(ports: RequestPorts, lifetime: Lifetime) {
    this.#ports = ports;
    this.seal = ports.seal;
    this.#lifetime = lifetime;
    this.pace = new Pace(lifetime);
  }

  /** Ends everything that is done for the request: waits for scans, and the loops over rows. */
  get signal(): AbortSignal {
    return this.#lifetime.signal;
  }

  /**
   * The table over the request's snapshot, at once where that is at hand.
   *
   * @throws the signal's reason where the request has ended
   */
  view(table: Table): Ready<TableView> {
    return this.viewAtHand(table) ?? this.#awaitView(table);
  }

  /** The same; undefined where the snapshot has to be waited for. */
  viewAtHand(table: Table): TableView | undefined {
    const known = this.#views.get(table);
    if (known) return known;
    const read = this.#readAtHand(table);
    return read && this.#viewOver(read, table);
  }

  async #awaitView(table: Table): Promise<TableView> {
    this.#awaited ??= new Map();
    const read = await memoize(this.#awaited, objectPath(table), () => this.#await(table));
    return this.#views.get(table) ?? this.#viewOver(read, table);
  }

  #viewOver(read: SnapshotRead, table: Table): TableView {
    const path = tablePath(table);
    if (!this.scans.has(path)) this.scans.set(path, { table, read, rowsMatched: undefined });
    const view = new TableView(read.snapshot, table, this.seal);
    this.#views.set(table, view);
    return view;
  }

  #readAtHand(table: Table): SnapshotRead | undefined {
    const path = objectPath(table);
    const known = this.#reads.get(path);
    if (known || this.#ended || this.#awaited?.has(path)) return known;
    const read = this.#ports.tryRead(table);
    if (read) this.#reads.set(path, read);
    return read;
  }

  /** The filter that keeps the rows which the caller may see and which `filter` matches; `none` where it may see none. */
  visible(table: Table, filter: Filter | undefined): Filter | undefined | 'none' {
    const visibility = this.#visibilityOf(table);
    if (visibility === 'none') return 'none';
    return visibility === 'all' ? filter : and([visibility.filter, filter]);
  }

  /** Whether no policy hides rows of the table from the caller. */
  seesAll(table: Table): boolean {
    return this.#visibilityOf(table) === 'all';
  }

  /** Ends the reading of every snapshot, also of one that arrives later. To be called once the request is answered. */
  end(): void {
    this.#ended = true;
    for (const read of this.#reads.values()) read.release();
    this.#reads.clear();
  }

  async #await(table: Table): Promise<SnapshotRead> {
    const read = await this.#ports.read(table, this.signal).catch((error: unknown) => {
      throw error instanceof ScanError && !this.seesAll(table) ? error.withoutProgress() : error;
    });
    if (this.#ended || this.signal.aborted) {
      read.release();
      this.signal.throwIfAborted();
      throw new Error(`the request ended before the snapshot of ${table.schema}.${table.name} arrived`);
    }
    this.#reads.set(objectPath(table), read);
    return read;
  }

  #visibilityOf(table: Table): Visibility {
    const known = this.#visibilities.get(table);
    if (known) return known;
    const visibility = this.#ports.visibilityOf(table);
    this.#visibilities.set(table, visibility);
    return visibility;
  }

  /**
   * The filter that a collection's argument asks for; undefined where it asks nothing. The same argument is read once,
   * and is one filter, however many parents' collections it is asked of.
   *
   * @throws BadUserInputError where the argument breaks the contract
   */
  plannedFilter(table: Table, input: FilterInput | null | undefined): Ready<Filter | undefined> {
    if (!input) return undefined;
    this.#filters ??= new Map();
    const filters = this.#filters.get(table) ?? new PlannedFilters(table, this.pace);
    this.#filters.set(table, filters);
    return filters.of(input);
  }

  /** Notes how many rows a collection's filter matched. */
  countMatches(table: Table, rows: number): void {
    const scan = this.scans.get(tablePath(table));
    if (scan) scan.rowsMatched = (scan.rowsMatched ?? 0) + rows;
  }

  /** Forgets how many rows were matched, before the operation is run anew. */
  forgetMatches(): void {
    for (const scan of this.scans.values()) scan.rowsMatched = undefined;
  }

  /**
   * The visible rows whose columns equal the key's values, by SQL's equality. All keys that one level of the query
   * asks for are found in one pass.
   *
   * @param columns the same list for all keys that are to be found together
   */
  rowsByKey(table: Table, columns: readonly Column[], key: Key): Promise<readonly number[]> {
    this.#loaders ??= new Map();
    const known = this.#loaders.get(columns);
    const loader = known ?? this.#createLoader(table, columns);
    if (!known) this.#loaders.set(columns, loader);
    return loader.load(key);
  }

  /** The same for many keys at once, in their order. */
  rowsByKeys(table: Table, columns: readonly Column[], keys: readonly Key[]): Ready<RowsByKeys> {
    return whenReady(this.view(table), (view) => {
      const filter = this.visible(table, undefined);
      if (filter === 'none') return keys.map(() => []);
      const found = findRows(view, columns, keys, this.pace);
      return filter ? this.#visibleAmong(found, view, filter) : found;
    });
  }

  async #visibleAmong(finding: Ready<RowsByKeys>, view: TableView, filter: Filter): Promise<RowsByKeys> {
    const found = await finding;
    const visible = new Set(await filterRows(view, filter, [...new Set(found.flat())], this.pace));
    return found.map((rows) => rows.filter((row) => visible.has(row)));
  }

  #createLoader(table: Table, columns: readonly Column[]): KeyLoader {
    return new DataLoader(async (keys) => this.rowsByKeys(table, columns, keys), {
      cacheKeyFn: (key) => key.map(describeValue).join('\u0000'),
    });
  }
}

/** The filters that one request asks of a table. */
class PlannedFilters {
  readonly #table: Table;
  readonly #pace: Pace;
  /** Variables are the same objects for all parents; what is written in the document is made anew for each. */
  readonly #byInput = new WeakMap<FilterInput, Promise<Filter | undefined>>();
  readonly #byText = new Map<string, Promise<Filter | undefined>>();

  constructor(table: Table, pace: Pace) {
    this.#table = table;
    this.#pace = pace;
  }

  of(input: FilterInput): Promise<Filter | undefined> {
    return memoize(this.#byInput, input, () =>
      memoize(this.#byText, JSON.stringify(input), () =>
        planFilter(this.#table, input, 'filter', this.#pace),
      ),
    );
  }
}

/** The rows that were found by each of some keys. */
type RowsByKeys = readonly (readonly number[])[];

/** Values of some columns, in their order. */
export type Key = readonly (Value | null)[];

type KeyLoader = DataLoader<Key, readonly number[], string>;

function describeValue(value: Value | null): string {
  if (value === null) return 'n';
  return `${typeof value}:${typeof value === 'object' ? JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part)) : String(value)}`;
}

const tablePath = pathBy(({ schema, name }) => [schema, name]);
const objectPath = pathBy(({ server, object }) => [server, object]);

/** Paths by their parts, written once for each table. */
function pathBy(partsOf: (table: Table) => readonly string[]): (table: Table) => string {
  const paths = new WeakMap<Table, string>();
  return (table) => {
    const known = paths.get(table);
    if (known !== undefined) return known;
    const path = JSON.stringify(partsOf(table));
    paths.set(table, path);
    return path;
  };
}

/** A map, strong or weak. */
interface Cache<K, T> {
  get(key: K): Promise<T> | undefined;
  set(key: K, value: Promise<T>): unknown;
}

function memoize<K, T>(cache: Cache<K, T>, key: K, create: () => Promise<T>): Promise<T> {
  const known = cache.get(key);
  if (known) return known;
  const created = create();
  cache.set(key, created);
  return created;
}
