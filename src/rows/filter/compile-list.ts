import { elementTypeOf } from '../../model/column-type.ts';
import { valueType } from '../../values/registry.ts';
import type { ArrayValue, Value } from '../../values/value.ts';
import type { ValueType } from '../../values/value-type.ts';
import type { TypedColumn } from '../store/typed-column.ts';
import type { ListFilter } from './filter.ts';
import { never, type Predicate } from './predicate.ts';
import { valueTested } from './ranked-predicate.ts';

/** Rows whose lists are compared at once: comparing two takes the product of their lengths. */
const listBlock = 256;

/** Compiles a comparison of lists as sets, in which no NULL equals another. */
export function compileList(
  { data }: TypedColumn,
  { column, operator, value }: ListFilter,
  negated: boolean,
): Predicate {
  if (!isArray(value)) return never;
  if (data.encoding !== 'ranked') throw new TypeError(`a list must be ranked, but got ${data.encoding}`);
  const element = valueType(elementTypeOf(column.type));
  const test = (list: Value): boolean => {
    if (!isArray(list)) return false;
    switch (operator) {
      case 'contains':
        return holdsAll(list, value, element);
      case 'containedBy':
        return holdsAll(value, list, element);
      case 'overlaps':
        return value.some((wanted) => holds(list, wanted, element));
    }
  };
  return valueTested(data, test, !negated, listBlock);
}

function holdsAll(list: ArrayValue, wanted: ArrayValue, element: ValueType): boolean {
  return wanted.every((value) => holds(list, value, element));
}

function holds(list: ArrayValue, wanted: Value | null, element: ValueType): boolean {
  if (wanted === null) return false;
  return list.some((value) => value !== null && element.compare(value, wanted) === 0);
}

function isArray(value: Value | null): value is ArrayValue {
  return Array.isArray(value);
}
