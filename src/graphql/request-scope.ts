import DataLoader from 'dataloader';
import { Pace, paced } from '../columns/pace.ts';
import { type Ready, whenReady } from '../columns/ready.ts';
import { ScanError } from '../errors.ts';
import { type Column, objectKey, type Table } from '../model/model.ts';
import { and, type FilterInput, planFilter } from '../plan/filter.ts';
import type { Visibility } from '../plan/policy.ts';
import type { Filter } from '../rows/filter/filter.ts';
import { filterRows, findRows, keyText } from '../rows/query.ts';
import { type IdentitySeal, TableView } from '../rows/store/view.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { SnapshotRead } from '../snapshot/snapshot-read.ts';
import { appended } from '../values/appended.ts';
import type { Value } from '../values/value.ts';
import { ResolverTurns } from './resolver-turns.ts';

/** What a request needs of the gateway to answer its fields. */
export interface RequestPorts {
  /** The table's snapshot, if there is one that is fresh enough for the request. */
  tryRead(table: Table): SnapshotRead | undefined;
  /** Waits for a snapshot of the table that is fresh enough for the request. The signal ends the wait. */
  read(table: Table, signal: AbortSignal): Promise<SnapshotRead>;
  /** Which of the table's rows the caller may see. */
  visibilityOf(table: Table): Visibility;
  /** Seals the identities of rows in cursors. */
  readonly seal: IdentitySeal;
}

/** A scan on which a request's answer is based. */
export interface UsedScan {
  readonly table: Table;
  readonly read: SnapshotRead;
  /** The number of rows that the request's filters matched, if it asked for their count. */
  rowsMatched: number | undefined;
}

/** What a request has found out about a table. */
interface TableUse {
  /** Compared by identity: a schema has one object for each table. */
  readonly table: Table;
  visibility: Visibility | undefined;
  view: TableView | undefined;
  scan: UsedScan | undefined;
}

/** The snapshot of a foreign object that a request holds. */
interface HeldRead {
  readonly server: string;
  readonly object: string;
  readonly read: SnapshotRead;
}

/** The lifetime of a request. */
export interface Lifetime {
  /** Aborted when the deadline of the request passes or its client disconnects. Created on first use, so only read it to wait. */
  readonly signal: AbortSignal;
}

/**
 * What the fields of one request share: one snapshot per foreign object, so that they are consistent, and loaders that find the
 * rows of a level of the query in one pass. To be ended with the request.
 */
export class RequestScope {
  readonly seal: IdentitySeal;
  readonly #ports: RequestPorts;
  readonly #lifetime: Lifetime;
  // Lists, because most requests use a single table, for which maps would cost more than everything else in here.
  #uses: readonly TableUse[] = [];
  #scans: readonly UsedScan[] = [];
  /** The snapshots that the request holds, one for each foreign object. */
  #reads: readonly HeldRead[] = [];
  /** The snapshots that had to be waited for, by foreign object. */
  #awaited: Map<string, Promise<SnapshotRead>> | undefined;
  #ended = false;
  #pace: Pace | undefined;
  #turns: ResolverTurns | undefined;
  #loaders: Map<readonly Column[], KeyLoader> | undefined;
  #filters: Map<Table, PlannedFilters> | undefined;

  constructor(ports: RequestPorts, lifetime: Lifetime) {
    this.#ports = ports;
    this.seal = ports.seal;
    this.#lifetime = lifetime;
  }

  /** The scans that have been used so far, one for each table. */
  get scans(): readonly UsedScan[] {
    return this.#scans;
  }

  /** The pace of the request's loops over rows. */
  get pace(): Pace {
    this.#pace ??= new Pace(this.#lifetime);
    return this.#pace;
  }

  /** The turns of the request's resolvers. */
  get turns(): ResolverTurns {
    this.#turns ??= new ResolverTurns(this.pace);
    return this.#turns;
  }

  /** Ends all work for the request: waits for scans and loops over rows. */
  get signal(): AbortSignal {
    return this.#lifetime.signal;
  }

  /**
   * The table over the request's snapshot, without a promise if it does not have to be waited for.
   *
   * @throws the signal's reason if the request has ended
   */
  view(table: Table): Ready<TableView> {
    return this.viewAtHand(table) ?? this.#awaitView(table);
  }

  /** The same; undefined if the snapshot has to be waited for. */
  viewAtHand(table: Table): TableView | undefined {
    const use = this.#useOf(table);
    const read = use.scan?.read ?? this.#readAtHand(table);
    return read && this.#viewOver(read, use);
  }

  /** The table's snapshot alone, which is cheaper; undefined if it has to be waited for. */
  snapshotAtHand(table: Table): Snapshot | undefined {
    const use = this.#useOf(table);
    const read = use.scan?.read ?? this.#readAtHand(table);
    if (read) this.#countScan(read, use);
    return read?.snapshot;
  }

  async #awaitView(table: Table): Promise<TableView> {
    this.#awaited ??= new Map();
    const read = await memoize(this.#awaited, objectKey(table), () => this.#await(table));
    return this.#viewOver(read, this.#useOf(table));
  }

  #viewOver(read: SnapshotRead, use: TableUse): TableView {
    this.#countScan(read, use);
    use.view ??= new TableView(read.snapshot, use.table, this.seal);
    return use.view;
  }

  #countScan(read: SnapshotRead, use: TableUse): void {
    if (use.scan) return;
    use.scan = { table: use.table, read, rowsMatched: undefined };
    this.#scans = appended(this.#scans, use.scan);
  }

  #readAtHand(table: Table): SnapshotRead | undefined {
    const { server, object } = table;
    for (const held of this.#reads) if (held.object === object && held.server === server) return held.read;
    if (this.#ended || this.#awaited?.has(objectKey(table))) return undefined;
    const read = this.#ports.tryRead(table);
    if (read) this.#reads = appended(this.#reads, { server, object, read });
    return read;
  }

  #useOf(table: Table): TableUse {
    for (const known of this.#uses) if (known.table === table) return known;
    const use: TableUse = { table, visibility: undefined, view: undefined, scan: undefined };
    this.#uses = appended(this.#uses, use);
    return use;
  }

  /** The filter for rows that the caller may see and that `filter` matches; `none` if the caller may not see any. */
  visible(table: Table, filter: Filter | undefined): Filter | undefined | 'none' {
    const visibility = this.#visibilityOf(table);
    if (visibility === 'none') return 'none';
    return visibility === 'all' ? filter : and([visibility.filter, filter]);
  }

  /** Whether the caller may see all rows of the table. */
  seesAll(table: Table): boolean {
    return this.#visibilityOf(table) === 'all';
  }

  /** Releases all snapshots, including one that arrives later. To be called once the request is answered. */
  end(): void {
    this.#ended = true;
    for (const { read } of this.#reads) read.release();
    this.#reads = [];
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
    this.#reads = appended(this.#reads, { server: table.server, object: table.object, read });
    return read;
  }

  #visibilityOf(table: Table): Visibility {
    const use = this.#useOf(table);
    use.visibility ??= this.#ports.visibilityOf(table);
    return use.visibility;
  }

  /**
   * The filter of a collection's argument; undefined if there is none. The same argument is planned only once, however many
   * parents' collections have it.
   *
   * @throws BadUserInputError if the argument is invalid
   */
  plannedFilter(table: Table, input: FilterInput | null | undefined): Ready<Filter | undefined> {
    if (!input) return undefined;
    this.#filters ??= new Map();
    const filters = this.#filters.get(table) ?? new PlannedFilters(table, this.pace);
    this.#filters.set(table, filters);
    return filters.of(input);
  }

  /** Records how many rows a collection's filter matched. */
  countMatches(table: Table, rows: number): void {
    const { scan } = this.#useOf(table);
    if (scan) scan.rowsMatched = (scan.rowsMatched ?? 0) + rows;
  }

  /** Resets the counts of matched rows, before the operation is run again. */
  forgetMatches(): void {
    for (const scan of this.#scans) scan.rowsMatched = undefined;
  }

  /**
   * The visible rows whose columns equal the values of the key, as SQL compares them. All keys of one level of the query are
   * looked up in one pass.
   *
   * @param columns the same list for all keys that are looked up together
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

  /** Lists that several keys share are filtered once. */
  async #visibleAmong(finding: Ready<RowsByKeys>, view: TableView, filter: Filter): Promise<RowsByKeys> {
    const lists = await finding;
    const shown = new Map<readonly number[], number[]>(lists.map((list) => [list, []]));
    const candidates = new Set<number>();
    for (const list of shown.keys()) {
      await paced(list.length, this.pace, (at) => candidates.add(list[at] ?? 0));
    }
    const visible = new Set<number>();
    const matching = await filterRows(view, filter, [...candidates], this.pace);
    await paced(matching.length, this.pace, (at) => visible.add(matching[at] ?? 0));
    for (const [list, rows] of shown) {
      await paced(list.length, this.pace, (at) => {
        const row = list[at] ?? 0;
        if (visible.has(row)) rows.push(row);
      });
    }
    return lists.map((list) => shown.get(list) ?? []);
  }

  #createLoader(table: Table, columns: readonly Column[]): KeyLoader {
    return new DataLoader(async (keys) => this.rowsByKeys(table, columns, keys), {
      cacheKeyFn: keyText,
    });
  }
}

/** The filters of one request on a table. */
class PlannedFilters {
  readonly #table: Table;
  readonly #pace: Pace;
  /** For variables, which are the same objects for all parents. Inputs in the document are new objects for each parent. */
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

/** The rows for each of several keys. */
type RowsByKeys = readonly (readonly number[])[];

/** The values of several columns, in their order. */
export type Key = readonly (Value | null)[];

type KeyLoader = DataLoader<Key, readonly number[], string>;

/** A `Map` or a `WeakMap`. */
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
