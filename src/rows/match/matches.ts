import type { Pace } from '../../columns/pace.ts';
import { compiledFilter } from '../filter/compiled-filter.ts';
import { conjuncts, type Filter, isPersonal } from '../filter/filter.ts';
import { filterKey } from '../filter/filter-key.ts';
import { always, never, type Predicate } from '../filter/predicate.ts';
import { askedBefore } from '../store/store-cache.ts';
import type { TableView } from '../store/view.ts';
import { chooseSource } from './choose-source.ts';
import { matchingRows } from './match-rows.ts';
import { fromList, noRows, type RowSource, sizeOf } from './row-source.ts';

/** The number of rows up to which a filter is evaluated each time instead of being cached. */
const fewRows = 2048;

/**
 * The rows for which a filter is true. They are cached, unless the filter is personal, because it always matches the same rows of
 * a store.
 *
 * @throws InvalidPatternError if a pattern of the filter is invalid
 */
export async function matches(view: TableView, filter: Filter, pace: Pace): Promise<RowSource> {
  const { source, exact } = await chooseSource(view, filter, pace);
  if (exact) return source;
  if (sizeOf(source) <= fewRows) return tested(source, await compiledFilter(view, filter, pace), pace);
  if (!isPersonal(filter)) return remembered(view, filter, source, pace);
  const { shared, personal } = divide(filter);
  const common = shared ? await matches(view, shared, pace) : source;
  return tested(common, await compiledFilter(view, personal, pace), pace);
}

/** A selection of rows. */
export interface Selection {
  readonly filter: Filter | undefined;
  /** The rows to choose from; all if undefined. */
  readonly candidates?: readonly number[] | undefined;
}

/**
 * The rows of a selection.
 *
 * @throws InvalidPatternError if a pattern of the filter is invalid
 */
export async function selectRows(
  view: TableView,
  { filter, candidates }: Selection,
  pace: Pace,
): Promise<RowSource> {
  if (!candidates) {
    return filter ? matches(view, filter, pace) : { kind: 'range', from: 0, to: view.store.rowCount };
  }
  const source = fromList(candidates);
  return filter ? tested(source, await compiledFilter(view, filter, pace), pace) : source;
}

/** A search for matching rows that are not known yet. */
export interface Search {
  readonly source: RowSource;
  /** Whether a row of the source matches. */
  readonly predicate: Predicate;
}

/**
 * A search for some of the rows for which a filter is true, which costs no more than these. If all matching rows are known, or
 * requested a second time, they are the source, and the predicate is always true.
 *
 * @throws InvalidPatternError if a pattern of the filter is invalid
 */
export async function searchMatches(view: TableView, filter: Filter, pace: Pace): Promise<Search> {
  const { source, exact } = await chooseSource(view, filter, pace);
  if (exact) return { source, predicate: always };
  if (sizeOf(source) > fewRows && !isPersonal(filter)) {
    const key = await filterKey(filter, pace);
    if (view.cache.matches.peek(key) || askedBefore(view.cache, `filter ${key}`)) {
      return { source: await remembered(view, filter, source, pace), predicate: always };
    }
  }
  const predicate = await compiledFilter(view, filter, pace);
  return predicate === never ? { source: noRows, predicate } : { source, predicate };
}

async function remembered(
  view: TableView,
  filter: Filter,
  source: RowSource,
  pace: Pace,
): Promise<RowSource> {
  const rows = await view.cache.matches.get(await filterKey(filter, pace), pace, async (shared) => {
    const predicate = await compiledFilter(view, filter, shared);
    const found = predicate === never ? new Uint32Array() : await matchingRows(source, predicate, shared);
    // The cached array has no unused capacity.
    return found.slice();
  });
  return { kind: 'rows', rows };
}

async function tested(source: RowSource, predicate: Predicate, pace: Pace): Promise<RowSource> {
  if (predicate === never) return noRows;
  if (predicate === always) return source;
  return { kind: 'rows', rows: await matchingRows(source, predicate, pace) };
}

/** The conditions that are the same for all callers, and those that depend on the caller's claims. */
function divide(filter: Filter): { readonly shared: Filter | undefined; readonly personal: Filter } {
  const known = divided.get(filter);
  if (known) return known;
  const parts = conjuncts(filter);
  const shared = parts.filter((part) => !isPersonal(part));
  const [first, ...more] = shared;
  const created = {
    shared: more.length > 0 ? ({ kind: 'and', filters: shared } as const) : first,
    personal: { kind: 'and', filters: parts.filter(isPersonal) } as const,
  };
  divided.set(filter, created);
  return created;
}

const divided = new WeakMap<Filter, ReturnType<typeof divide>>();
