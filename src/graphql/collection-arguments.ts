import type { Builder } from './builder.ts';
import type { TableTypes } from './table-types.ts';

type FieldBuilder = Parameters<Parameters<Builder['queryField']>[1]>[0];

/** The arguments of a field that returns a table's connection. */
export function collectionArguments(
  t: Pick<FieldBuilder, 'arg'>,
  { filter, orderBy }: Pick<TableTypes, 'filter' | 'orderBy'>,
) {
  return {
    first: t.arg.int({ description: 'How many rows to return from the start, at most.' }),
    last: t.arg.int({ description: 'How many rows to return from the end, at most.' }),
    before: t.arg({ type: 'Cursor', description: 'Only rows before this cursor.' }),
    after: t.arg({ type: 'Cursor', description: 'Only rows after this cursor.' }),
    offset: t.arg.int({
      description: 'How many rows to skip. Cursors are better for going from page to page.',
    }),
    filter: t.arg({ type: filter, description: 'Only rows that match.' }),
    ...(orderBy && { orderBy: t.arg({ type: [orderBy], description: 'The order of the rows.' }) }),
  };
}
