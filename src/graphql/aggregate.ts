import type { Pace } from '../columns/pace.ts';
import { RowValueError } from '../errors.ts';
import type { Column } from '../model/model.ts';
import { type Aggregates, aggregateRows } from '../rows/aggregate/aggregate.ts';
import type { JsonValue } from '../values/json-value.ts';
import type { ExactNumber } from '../values/number/exact-number.ts';
import type { Connection } from './collection.ts';
import type { AggregateOperation, OperationColumns } from './field-meaning.ts';

/**
 * The aggregates of all rows of a collection, regardless of its page.
 *
 * @param selected the requested operations
 */
export function aggregateConnection(
  { view, rows }: Connection,
  columns: OperationColumns,
  selected: ReadonlySet<string>,
  pace: Pace,
): Promise<Aggregates> {
  const columnsOf = (operation: AggregateOperation) => (selected.has(operation) ? columns[operation] : []);
  return aggregateRows(
    view,
    {
      ...rows,
      sum: columnsOf('sum'),
      avg: columnsOf('avg'),
      min: columnsOf('min'),
      max: columnsOf('max'),
    },
    pace,
  );
}

/**
 * The result of one aggregate, for JSON.
 *
 * @throws RowValueError if JSON has no such number
 */
export function figureOf(
  aggregates: Aggregates,
  operation: AggregateOperation,
  column: Column,
): JsonValue | ExactNumber {
  const figure = aggregates[operation].get(column);
  if (!figure) return null;
  if (figure.ok) return figure.value;
  throw new RowValueError(column.name, `${operation}: ${figure.error}`);
}
