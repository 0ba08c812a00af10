import { exceeded, type Limits } from './limits.ts';

/**
 * Refuses the values of variables before they are coerced, which recurses into them.
 *
 * @throws QueryTooComplexError
 */
export function assertVariableLimits(variables: unknown, limits: Limits): void {
  // The variables are themselves an object around the arguments. An explicit stack, since JSON can be of any depth.
  const pending: Nested[] = [{ value: variables, objects: -1, nesting: 0 }];
  for (let nested = pending.pop(); nested; nested = pending.pop()) {
    const { value, objects, nesting } = nested;
    if (typeof value !== 'object' || value === null) continue;
    const isList = Array.isArray(value);
    if (isList && value.length > limits.listSize) throw exceeded(limits, 'listSize', 'a variable');
    const below = { objects: isList ? objects : objects + 1, nesting: nesting + 1 };
    if (below.objects > limits.filterDepth || below.nesting > 2 * limits.filterDepth + 1) {
      throw exceeded(limits, 'filterDepth', 'a variable');
    }
    for (const inner of Object.values(value)) {
      if (typeof inner === 'object' && inner !== null) pending.push({ value: inner, ...below });
    }
  }
}

interface Nested {
  readonly value: unknown;
  /** Objects around it, within the variables. */
  readonly objects: number;
  /** Objects and lists around it. */
  readonly nesting: number;
}
