import type { TypedColumn } from '../store/typed-column.ts';
import { numberPresent } from './number-predicate.ts';
import type { Predicate } from './predicate.ts';
import { codeIn } from './ranked-predicate.ts';
import { textPresent } from './text-predicate.ts';

/** True where the column has a value, or where it has none. */
export function compilePresence({ data }: TypedColumn, expected: boolean): Predicate {
  switch (data.encoding) {
    case 'ranked':
      return codeIn(data, expected ? { from: 1, to: data.values.length + 1 } : { from: 0, to: 1 });
    case 'number':
      return numberPresent(data, expected);
    case 'text':
      return textPresent(data, expected);
  }
}
