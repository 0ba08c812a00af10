import type { Pace } from '../columns/pace.ts';
import { matchingBlocks } from './match-rows.ts';
import type { PageRequest, RowPage } from './page.ts';
import type { Predicate } from './predicate.ts';
import type { RowOrder } from './row-order.ts';
import { type RowSource, splitSource } from './row-source.ts';

interface NaturalQuery {
  readonly page: PageRequest;
  readonly wanted: { readonly pageInfo: boolean };
}

/**
 * The page of a query whose order is that of rows, or its reverse. Looks at no more rows than the page takes, so
 * that the count of all is not known.
 */
export async function naturalPage(
  source: RowSource,
  predicate: Predicate,
  order: RowOrder,
  { page, wanted }: NaturalQuery,
  pace: Pace,
): Promise<RowPage> {
  const ascends = (order.natural === 'asc') !== page.backward;
  const { ahead, behind } = splitAtCursor(source, order, page, ascends);
  const wantedRows = page.offset + page.limit + 1;
  const found: number[] = [];
  for await (const block of matchingBlocks(ahead, predicate, pace, !ascends)) {
    found.push(...(ascends ? block : block.toReversed()));
    if (found.length >= wantedRows) break;
  }
  const rows = found.slice(page.offset, page.offset + page.limit);
  const passedSome =
    rows.length > 0 && (page.offset > 0 || (wanted.pageInfo && (await matchesAny(behind, predicate, pace))));
  const leavesSome = found.length >= wantedRows;
  return {
    rows: page.backward ? rows.reverse() : rows,
    totalCount: undefined,
    hasNextPage: page.backward ? passedSome : leavesSome,
    hasPreviousPage: page.backward ? leavesSome : passedSome,
  };
}

/** The rows beyond the cursor, in the direction the page is read, and those it has passed. */
function splitAtCursor(
  source: RowSource,
  order: RowOrder,
  { cursor, backward }: PageRequest,
  ascends: boolean,
): { readonly ahead: RowSource; readonly behind: RowSource } {
  if (!cursor) return { ahead: source, behind: { kind: 'range', from: 0, to: 0 } };
  const bounds = order.boundsOf(cursor);
  const isAhead = (row: number) => order.compareRow(row, bounds) * (backward ? -1 : 1) > 0;
  const [below, above] = splitSource(source, (row) => isAhead(row) !== ascends);
  return ascends ? { ahead: above, behind: below } : { ahead: below, behind: above };
}

async function matchesAny(source: RowSource, predicate: Predicate, pace: Pace): Promise<boolean> {
  for await (const _block of matchingBlocks(source, predicate, pace)) return true;
  return false;
}
