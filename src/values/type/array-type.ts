import { parseArrayLiteral } from '../array-literal.ts';
import type { JsonValue } from '../json-value.ts';
import type { ArrayValue, Value } from '../value.ts';
import type { ValueType } from './value-type.ts';

/** Arrays of a type's values, as Postgres writes them: `{a,"b c",NULL}`. */
export function arrayType(element: ValueType): ValueType<ArrayValue> {
  return {
    parse(text) {
      const texts = parseArrayLiteral(text);
      if (!texts) return undefined;
      const values: (Value | null)[] = [];
      for (const text of texts) {
        const value = text === null ? null : element.parse(text);
        if (value === undefined) return undefined;
        values.push(value);
      }
      return values;
    },
    compare: (a, b) => compareArrays(element, a, b),
    sortKey: (values) => Math.min(values.length, 1),
    print: (values): JsonValue => values.map((value) => (value === null ? null : element.print(value))),
    jsonb: (values) =>
      `[${values.map((value) => (value === null ? 'null' : element.jsonb(value))).join(', ')}]`,
  };
}

/** Compares element by element. NULL equals NULL and sorts above all values, as in Postgres. */
function compareArrays(element: ValueType, a: ArrayValue, b: ArrayValue): number {
  for (const [i, valueA] of a.entries()) {
    const valueB = b[i];
    if (valueB === undefined) return 1;
    if (valueA === null || valueB === null) {
      if (valueA !== valueB) return valueA === null ? 1 : -1;
      continue;
    }
    const order = element.compare(valueA, valueB);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
