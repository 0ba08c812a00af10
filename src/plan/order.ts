import { BadUserInputError } from '../errors.ts';
import type { Table } from '../model/model.ts';
import type { OrderKey } from '../rows/query.ts';

/** The values of the GraphQL enum `OrderByDirection`, and what they mean to the engine. */
export const orderDirections = {
  AscNullsFirst: { direction: 'asc', nulls: 'first' },
  AscNullsLast: { direction: 'asc', nulls: 'last' },
  DescNullsFirst: { direction: 'desc', nulls: 'first' },
  DescNullsLast: { direction: 'desc', nulls: 'last' },
} as const;

/** A direction of `orderBy`. */
export type OrderDirection = keyof typeof orderDirections;

/** All directions, by name. */
export const orderDirectionNames = [
  'AscNullsFirst',
  'AscNullsLast',
  'DescNullsFirst',
  'DescNullsLast',
] as const;

/** The most elements of an `orderBy`: each costs a comparison of every row. */
const mostKeys = 100;

/** One element of `orderBy`: one field and its direction. */
export type OrderInput = { readonly [field: string]: OrderDirection | null | undefined };

/**
 * The order that `orderBy` asks for, with the key appended as the tie-breaker.
 *
 * @throws BadUserInputError if an element names several fields, whose order would be anyone's guess, or if there are
 *   too many elements
 */
export function toOrder(
  table: Table,
  elements: readonly (OrderInput | null)[] | null | undefined,
): readonly OrderKey[] {
  if (elements && elements.length > mostKeys) {
    throw new BadUserInputError(
      'orderBy',
      `orderBy may have at most ${mostKeys} elements; this one has ${elements.length}`,
    );
  }
  const asked = (elements ?? []).flatMap((element, i) => {
    const keys = Object.entries(element ?? {}).filter(([, direction]) => direction);
    if (keys.length > 1) {
      const path = `orderBy.${i}`;
      throw new BadUserInputError(
        path,
        `${path} names several fields (${keys.map(([field]) => field).join(', ')}): make each an element of its own`,
      );
    }
    return keys.flatMap(([field, direction]) => {
      const column = table.columns.find((candidate) => candidate.fieldName === field);
      return column && direction ? [{ column, ...orderDirections[direction] }] : [];
    });
  });
  return [...asked, ...table.key.map((column) => ({ column, ...orderDirections.AscNullsLast }))];
}
