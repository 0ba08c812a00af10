import { elementTypeOf } from '../../model/column-type.ts';
import { valueType } from '../../values/type/registry.ts';
import type { ValueType } from '../../values/type/value-type.ts';
import type { ArrayValue, Value } from '../../values/value.ts';
import type { TypedColumn } from '../store/typed-column.ts';
import type { ListFilter } from './filter.ts';
import { never, type Predicate } from './predicate.ts';
import { valueTested } from './ranked-predicate.ts';

/** Rows per block: a list may have a thousand elements. */
const listBlock = 16;

/** Compiles a comparison of arrays as sets. NULL elements equal nothing. */
export function compileList(
  { data }: TypedColumn,
  { column, operator, value }: ListFilter,
  negated: boolean,
): Predicate {
  if (!isArray(value)) return never;
  if (data.encoding !== 'ranked') throw new TypeError(`a list must be ranked, but got ${data.encoding}`);
  const element = valueType(elementTypeOf(column.type));
  const wanted = new ElementSet(value, element);
  const test = (list: Value): boolean => {
    if (!isArray(list)) return false;
    switch (operator) {
      case 'contains':
        return new ElementSet(list, element).holdsAllOf(wanted);
      case 'containedBy':
        return wanted.holdsAllOf(new ElementSet(list, element));
      case 'overlaps':
        return list.some((held) => held !== null && wanted.holds(held));
    }
  };
  return valueTested(data, test, !negated, listBlock);
}

/** The distinct elements of an array, sorted, so that two long arrays are compared in linear time. */
class ElementSet {
  readonly #type: ValueType;
  readonly #values: readonly Value[];
  readonly #hasNull: boolean;

  constructor(list: ArrayValue, type: ValueType) {
    this.#type = type;
    this.#hasNull = list.includes(null);
    this.#values = list
      .filter((value) => value !== null)
      .sort((a, b) => type.compare(a, b))
      .filter((value, i, all) => i === 0 || type.compare(all[i - 1] ?? value, value) !== 0);
  }

  holds(wanted: Value): boolean {
    let low = 0;
    let high = this.#values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = this.#type.compare(this.#values[middle] ?? wanted, wanted);
      if (order === 0) return true;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return false;
  }

  /** No array contains one with a NULL element, because nothing is known to equal NULL. */
  holdsAllOf(other: ElementSet): boolean {
    if (other.#hasNull || other.#values.length > this.#values.length) return false;
    return other.#values.every((value) => this.holds(value));
  }
}

function isArray(value: Value | null): value is ArrayValue {
  return Array.isArray(value);
}
