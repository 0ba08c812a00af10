import { BadUserInputError } from '../errors.ts';
import type { Table } from '../model/model.ts';
import { decodeCursor } from '../rows/page/cursor-and-node-id.ts';
import type { OrderKey, PageRequest } from '../rows/query.ts';
import type { IdentitySeal } from '../rows/store/view.ts';
import { longestId } from './key.ts';

/** The paging arguments of a collection. */
export interface PageInput {
  readonly first?: number | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
  readonly after?: string | null | undefined;
  readonly offset?: number | null | undefined;
}

/**
 * The page that the arguments ask for. A null argument counts as absent.
 *
 * @param seal opens the cursors of tables without a key
 * @throws BadUserInputError if arguments contradict each other or are negative, or a cursor is not one of this order
 */
export function toPage(
  table: Table,
  order: readonly OrderKey[],
  input: PageInput,
  seal: IdentitySeal,
): PageRequest {
  for (const name of ['first', 'last', 'offset'] as const) {
    const value = input[name] ?? 0;
    if (value < 0) throw new BadUserInputError(name, `${name} must not be negative, but got ${value}`);
  }
  for (const [name, other] of contradictions) {
    if (isGiven(input[name]) && isGiven(input[other])) {
      throw new BadUserInputError(other, `${name} and ${other} cannot be combined`);
    }
  }
  return {
    limit: Math.min(input.first ?? input.last ?? table.maxRows, table.maxRows),
    offset: input.offset ?? 0,
    backward: isGiven(input.last) || isGiven(input.before),
    cursor: toCursor(order, input, table.key.length === 0 ? seal : undefined),
  };
}

/** The arguments that cannot be combined, as in pg_graphql. */
const contradictions = [
  ['first', 'last'],
  ['before', 'after'],
  ['first', 'before'],
  ['last', 'after'],
  ['offset', 'last'],
  ['offset', 'before'],
] as const;

function isGiven(argument: unknown): boolean {
  return argument !== null && argument !== undefined;
}

function toCursor(
  order: readonly OrderKey[],
  input: PageInput,
  seal: IdentitySeal | undefined,
): PageRequest['cursor'] {
  const name = isGiven(input.before) ? 'before' : 'after';
  const text = input[name];
  if (text === null || text === undefined) return undefined;
  const cursor = text.length > longestId ? undefined : decodeCursor(order, text, seal);
  if (cursor) return cursor;
  throw new BadUserInputError(name, `${name} is not a cursor of this collection in this order`);
}
