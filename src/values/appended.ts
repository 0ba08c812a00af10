/**
 * A list with one more item. For lists that have one item in nearly every request: the first `push` onto an empty list reserves
 * 17 places in V8.
 */
export function appended<T>(list: readonly T[], item: T): readonly T[] {
  return list.length === 0 ? [item] : [...list, item];
}
