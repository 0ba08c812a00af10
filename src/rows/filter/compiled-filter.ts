import type { Pace } from '../../columns/pace.ts';
import { SharedWork } from '../store/shared-work.ts';
import type { StoreCache } from '../store/store-cache.ts';
import type { TableView } from '../store/view.ts';
import { compileFilter } from './compile-filter.ts';
import type { Filter } from './filter.ts';
import type { Predicate } from './predicate.ts';

/**
 * The filter compiled for the columns of a view. It is compiled once per filter and store, however many collections
 * use it.
 *
 * @throws InvalidPatternError if a pattern cannot be read
 */
export async function compiledFilter(view: TableView, filter: Filter, pace: Pace): Promise<Predicate> {
  const byFilter = compiled.get(view.cache) ?? new WeakMap<Filter, SharedWork<Predicate>>();
  compiled.set(view.cache, byFilter);
  const known = byFilter.get(filter);
  if (known && !known.abandoned) return known.wait(pace.signal);
  const work = new SharedWork((shared) => compileFilter(view, filter, shared));
  byFilter.set(filter, work);
  try {
    return await work.wait(pace.signal);
  } catch (error) {
    if (byFilter.get(filter) === work) byFilter.delete(filter);
    throw error;
  }
}

const compiled = new WeakMap<StoreCache, WeakMap<Filter, SharedWork<Predicate>>>();
