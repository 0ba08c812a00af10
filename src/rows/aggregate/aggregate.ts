import type { Pace } from '../../columns/pace.ts';
import type { Column } from '../../model/model.ts';
import { type Selection, selectRows } from '../match/matches.ts';
import { toArray } from '../match/row-source.ts';
import type { TableView } from '../store/view.ts';
import { extremes } from './extremes.ts';
import { type Figure, toFigure } from './figure.ts';
import { average, total } from './total.ts';

/** The aggregates wanted of the matching rows. */
export interface AggregateRequest extends Selection {
  readonly min: readonly Column[];
  readonly max: readonly Column[];
  readonly sum: readonly Column[];
  readonly avg: readonly Column[];
}

/** Aggregates of rows, by column. */
export interface Aggregates {
  readonly count: number;
  readonly min: ReadonlyMap<Column, Figure>;
  readonly max: ReadonlyMap<Column, Figure>;
  readonly sum: ReadonlyMap<Column, Figure>;
  readonly avg: ReadonlyMap<Column, Figure>;
}

/**
 * Computes aggregates of the rows that a filter matches, as Postgres does.
 *
 * @param pace of the request; its signal aborts the work
 * @throws InvalidPatternError if a pattern of the filter cannot be read
 */
export async function aggregateRows(
  view: TableView,
  request: AggregateRequest,
  pace: Pace,
): Promise<Aggregates> {
  const rows = toArray(await selectRows(view, request, pace));
  const each = async (columns: readonly Column[], compute: (column: Column) => Promise<Figure>) => {
    const results = new Map<Column, Figure>();
    for (const column of columns) results.set(column, await compute(column));
    return results;
  };
  const extreme = async (column: Column, end: 'min' | 'max') =>
    toFigure(column.type, (await extremes(view, column, rows, pace))[end]);
  return {
    count: rows.length,
    min: await each(request.min, (column) => extreme(column, 'min')),
    max: await each(request.max, (column) => extreme(column, 'max')),
    sum: await each(request.sum, (column) => total(view, column, rows, pace)),
    avg: await each(request.avg, (column) => average(view, column, rows, pace)),
  };
}
