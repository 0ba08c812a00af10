import type { Pace } from '../../columns/pace.ts';
import type { Column } from '../../model/model.ts';
import type { Value } from '../../values/value.ts';
import { readyRowFinder, rowFinder } from '../key/find-rows.ts';
import { searchRows } from '../order/key-order.ts';
import type { TableView } from '../store/view.ts';
import { toBytes } from './compile-comparison.ts';
import type { CompareFilter, Filter, InFilter, MatchFilter } from './filter.ts';
import type { RowSource } from './row-source.ts';

/**
 * The rows that a filter need be tried on: those of an index where it asks for values of one, a range where it
 * compares the identity, else all.
 */
export async function chooseSource(view: TableView, filter: Filter, pace: Pace): Promise<RowSource> {
  let from = 0;
  let to = view.store.rowCount;
  let rows: Uint32Array | undefined;
  for (const part of conjuncts(filter)) {
    const range = identityRange(view, part);
    from = Math.max(from, range?.from ?? 0);
    to = Math.min(to, range?.to ?? to);
    const found = range ? undefined : await indexedRows(view, part, pace);
    if (found && found.length < (rows?.length ?? Number.POSITIVE_INFINITY)) rows = found;
  }
  return rows ? { kind: 'rows', rows } : { kind: 'range', from, to: Math.max(from, to) };
}

/** The filters that must all be true. */
function conjuncts(filter: Filter): readonly Filter[] {
  return filter.kind === 'and' ? filter.filters.flatMap(conjuncts) : [filter];
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function identityRange(view: TableView, filter: Filter): Range | undefined {
  if (filter.kind !== 'compare' && filter.kind !== 'match') return undefined;
  if (!view.isIdentity(filter.column)) return undefined;
  return filter.kind === 'compare' ? comparedRange(view, filter) : prefixedRange(view, filter);
}

function comparedRange({ store: { identity } }: TableView, filter: CompareFilter): Range | undefined {
  if (filter.value === null) return { from: 0, to: 0 };
  const { index, found } = searchRows(identity, toBytes(filter.value), identity.length, (i) => i);
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
  // No byte of UTF-8 is 255, so the last one can be one more.
  const beyond = Uint8Array.from(first);
  beyond[beyond.length - 1] = (first.at(-1) ?? 0) + 1;
  return {
    from: searchRows(identity, first, identity.length, (i) => i).index,
    to: searchRows(identity, beyond, identity.length, (i) => i).index,
  };
}

async function indexedRows(view: TableView, filter: Filter, pace: Pace): Promise<Uint32Array | undefined> {
  if (filter.kind === 'compare' && filter.operator === 'eq') {
    return rowsByIndex(view, filter.column, [filter.value], pace);
  }
  if (filter.kind === 'in')
    return rowsByIndex(view, filter.column, (filter satisfies InFilter).values ?? [], pace);
  return undefined;
}

async function rowsByIndex(
  view: TableView,
  column: Column,
  values: readonly (Value | null)[],
  pace: Pace,
): Promise<Uint32Array | undefined> {
  const [key, ...more] = view.table.key;
  const isKey = key?.name === column.name && more.length === 0;
  const find = isKey ? await rowFinder(view, [column], pace) : readyRowFinder(view, [column]);
  if (!find) return undefined;
  const rows = new Set<number>();
  for (const value of values) {
    for (const row of find([value])) rows.add(row);
    if (pace.due) await pace.pause();
  }
  return Uint32Array.from(rows).sort();
}
