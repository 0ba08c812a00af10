import type { Pace } from '../../columns/pace.ts';
import type { Column } from '../../model/model.ts';
import type { Value } from '../../values/value.ts';
import { type CompareFilter, conjuncts, type Filter, type MatchFilter } from '../filter/filter.ts';
import { readyRowFinder, rowFinder } from '../key/find-rows.ts';
import { findAscending } from '../store/ascending-texts.ts';
import { codesEqualTo, toBytes } from '../store/probe.ts';
import { askedBefore } from '../store/store-cache.ts';
import { columnKey, type TableView } from '../store/view.ts';
import { isRange, rowsWithin } from './range-rows.ts';
import { noRows, type RowSource, sizeOf } from './row-source.ts';
import { groupByValue, rowsOfCode } from './value-rows.ts';

/** Rows that include all that match a filter. */
export interface Candidates {
  readonly source: RowSource;
  /** Whether all of them match. */
  readonly exact: boolean;
}

/**
 * The rows on which a filter has to be evaluated: those of an index if it compares an indexed column, a range if it compares the
 * identity, otherwise all.
 */
export async function chooseSource(view: TableView, filter: Filter, pace: Pace): Promise<Candidates> {
  const parts = conjuncts(filter);
  let range: Range = { from: 0, to: view.store.rowCount };
  let rows: Uint32Array | undefined;
  let isExact = true;
  const take = (found: Uint32Array | undefined) => {
    if (!found) isExact = false;
    else if (!rows || found.length < rows.length) rows = found;
  };
  const ranges = new Map<string, [CompareFilter, ...CompareFilter[]]>();
  for (const part of parts) {
    const own = identityRange(view, part);
    if (own) {
      range = { from: Math.max(range.from, own.from), to: Math.min(range.to, own.to) };
      continue;
    }
    const compared = part.kind === 'personal' ? part.filter : part;
    if (compared.kind === 'compare' && isRange(compared)) {
      const key = columnKey(compared.column);
      const others = ranges.get(key);
      if (others) others.push(compared);
      else ranges.set(key, [compared]);
    } else take(await indexedRows(view, part, pace));
  }
  for (const comparisons of ranges.values()) take(await rowsWithin(view, comparisons, pace));
  const source: RowSource = range.from < range.to ? { kind: 'range', ...range } : noRows;
  if (!rows || sizeOf(source) <= rows.length) return { source, exact: isExact && !rows };
  return {
    source: { kind: 'rows', rows },
    exact: isExact && (parts.length === 1 || isOneRange(parts, ranges)),
  };
}

/** Whether the filter consists of nothing but a range of one column. */
function isOneRange(parts: readonly Filter[], ranges: ReadonlyMap<string, readonly Filter[]>): boolean {
  const [comparisons = []] = ranges.values();
  return comparisons.length === parts.length;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function identityRange(view: TableView, filter: Filter): Range | undefined {
  if (filter.kind === 'personal') return identityRange(view, filter.filter);
  if (filter.kind !== 'compare' && filter.kind !== 'match') return undefined;
  if (!view.isIdentity(filter.column)) return undefined;
  return filter.kind === 'compare' ? comparedRange(view, filter) : prefixedRange(view, filter);
}

function comparedRange({ store: { identity } }: TableView, filter: CompareFilter): Range | undefined {
  if (filter.value === null) return { from: 0, to: 0 };
  const { index, found } = findAscending(identity, toBytes(filter.value));
  const after = found ? index + 1 : index;
  const end = identity.length;
  switch (filter.operator) {
    case 'eq':
      return { from: index, to: after };
    case 'lt':
      return { from: 0, to: index };
    case 'lte':
      return { from: 0, to: after };
    case 'gt':
      return { from: after, to: end };
    case 'gte':
      return { from: index, to: end };
    case 'neq':
      return undefined;
  }
}

function prefixedRange({ store: { identity } }: TableView, filter: MatchFilter): Range | undefined {
  if (filter.operator !== 'startsWith' || !filter.pattern) return undefined;
  const first = Buffer.from(filter.pattern);
  // No byte of UTF-8 is 255, so the last one can be incremented.
  const beyond = Uint8Array.from(first);
  beyond[beyond.length - 1] = (first.at(-1) ?? 0) + 1;
  return {
    from: findAscending(identity, first).index,
    to: findAscending(identity, beyond).index,
  };
}

/** The rows that match one condition, if an index knows them. */
async function indexedRows(view: TableView, filter: Filter, pace: Pace): Promise<Uint32Array | undefined> {
  switch (filter.kind) {
    case 'personal':
      return indexedRows(view, filter.filter, pace);
    case 'compare':
      return filter.operator === 'eq' ? rowsEqualTo(view, filter.column, [filter.value], pace) : undefined;
    case 'in':
      return rowsEqualTo(view, filter.column, filter.values ?? [], pace);
    case 'isNull':
      return filter.negated ? undefined : rowsWithout(view, filter.column, pace);
    default:
      return undefined;
  }
}

/** The rows that equal one of the values. */
async function rowsEqualTo(
  view: TableView,
  column: Column,
  values: readonly (Value | null)[],
  pace: Pace,
): Promise<Uint32Array | undefined> {
  const { data, type } = await view.typed(column, pace);
  if (data.encoding === 'ranked') {
    const [value, ...more] = values;
    if (value === undefined || value === null || more.length > 0) return undefined;
    const { from, to } = codesEqualTo(data, value, type);
    return from < to ? rowsOfCode(await groupedRows(view, column, pace), from) : new Uint32Array();
  }
  return rowsByIndex(view, column, values, pace);
}

async function rowsWithout(view: TableView, column: Column, pace: Pace): Promise<Uint32Array | undefined> {
  const { data } = await view.typed(column, pace);
  return data.encoding === 'ranked' ? rowsOfCode(await groupedRows(view, column, pace), 0) : undefined;
}

async function groupedRows(view: TableView, column: Column, pace: Pace) {
  const { data } = await view.typed(column, pace);
  if (data.encoding !== 'ranked') throw new TypeError(`${column.name} is not ranked but ${data.encoding}`);
  return view.cache.valueRows.get(columnKey(column), pace, (shared) => groupByValue(data, shared));
}

/** Looking up values is faster than going through all rows if there are this many rows for each value. */
const rowsForEach = 64;

async function rowsByIndex(
  view: TableView,
  column: Column,
  values: readonly (Value | null)[],
  pace: Pace,
): Promise<Uint32Array | undefined> {
  const find =
    rowsForEach * values.length > view.store.rowCount ? undefined : await indexFor(view, column, pace);
  if (!find) return undefined;
  const rows = new Set<number>();
  for (const value of values) {
    for (const row of find([value])) rows.add(row);
    if (pace.due) await pace.pause();
  }
  return Uint32Array.from(rows).sort();
}

/** An index is built for the key, and for a column that is filtered a second time. */
async function indexFor(view: TableView, column: Column, pace: Pace) {
  const ready = readyRowFinder(view, [column]);
  if (ready) return ready;
  const [key, ...more] = view.table.key;
  const isKey = key?.name === column.name && more.length === 0;
  const isWorthIt = isKey || askedBefore(view.cache, `index ${columnKey(column)}`);
  return isWorthIt ? rowFinder(view, [column], pace) : undefined;
}
