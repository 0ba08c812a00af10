import type { Pace } from '../../columns/pace.ts';
import type { Column } from '../../model/model.ts';
import { toJsonNumber } from '../../values/json-number.ts';
import type { JsonValue } from '../../values/json-value.ts';
import { valueType } from '../../values/registry.ts';
import type { Value } from '../../values/value.ts';
import { type Selection, selectRows } from '../match/matches.ts';
import { toArray } from '../match/row-source.ts';
import type { TableView } from '../store/view.ts';
import { extremes } from './extremes.ts';
import { average, total } from './total.ts';

/** What is asked of the rows that match. */
export interface AggregateRequest extends Selection {
  readonly min: readonly Column[];
  readonly max: readonly Column[];
  readonly sum: readonly Column[];
  readonly avg: readonly Column[];
}

/**
 * Figures on rows; null where no row has a value. Numbers are JSON numbers where they are at most 2^53, else
 * strings.
 */
export interface Aggregates {
  readonly count: number;
  readonly min: ReadonlyMap<Column, JsonValue>;
  readonly max: ReadonlyMap<Column, JsonValue>;
  readonly sum: ReadonlyMap<Column, JsonValue>;
  readonly avg: ReadonlyMap<Column, JsonValue>;
}

/**
 * Computes figures on the rows that a filter matches, as Postgres' aggregates do.
 *
 * @param pace of the request, whose signal ends the work
 * @throws InvalidPatternError where a pattern of the filter cannot be read
 */
export async function aggregateRows(
  view: TableView,
  request: AggregateRequest,
  pace: Pace,
): Promise<Aggregates> {
  const rows = toArray(await selectRows(view, request, pace));
  const each = async (columns: readonly Column[], compute: (column: Column) => Promise<JsonValue>) => {
    const results = new Map<Column, JsonValue>();
    for (const column of columns) results.set(column, await compute(column));
    return results;
  };
  const extreme = async (column: Column, end: 'min' | 'max') =>
    print(column, (await extremes(await view.typed(column, pace), rows, pace))[end]);
  return {
    count: rows.length,
    min: await each(request.min, (column) => extreme(column, 'min')),
    max: await each(request.max, (column) => extreme(column, 'max')),
    sum: await each(request.sum, (column) => total(view, column, rows, pace)),
    avg: await each(request.avg, (column) => average(view, column, rows, pace)),
  };
}

function print({ type }: Column, value: Value | null): JsonValue {
  if (value === null) return null;
  const printed = valueType(type).print(value);
  const isNumber = type.kind === 'int8' || type.kind === 'numeric';
  return isNumber && typeof printed === 'string' ? toJsonNumber(printed) : printed;
}
