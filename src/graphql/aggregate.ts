import type { Pace } from '../columns/pace.ts';
import { type Aggregates, aggregateRows } from '../rows/aggregate/aggregate.ts';
import type { Connection } from './collection.ts';
import type { AggregateOperation, OperationColumns } from './field-meaning.ts';

/**
 * The figures on all rows of a collection, whatever its page.
 *
 * @param selected the operations that are asked for
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
