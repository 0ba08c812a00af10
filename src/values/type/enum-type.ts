import type { ValueType } from './value-type.ts';

/**
 * An enum. A value is the index of its label, so that values compare in the order of the labels.
 *
 * @param labels in sort order
 * @param valueNames the printed name of each label
 */
export function enumType(
  labels: readonly string[],
  valueNames: readonly string[] = labels,
): ValueType<number> {
  const indexes = new Map(labels.map((label, index) => [label, index]));
  const labelAt = (index: number) => labels[index] ?? '';
  return {
    parse: (text) => indexes.get(text),
    compare: (a, b) => a - b,
    sortKey: (index) => index,
    print: (index) => valueNames[index] ?? '',
    jsonb: (index) => JSON.stringify(labelAt(index)),
  };
}
