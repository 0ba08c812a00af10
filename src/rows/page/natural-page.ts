import type { Pace } from '../../columns/pace.ts';
import type { Predicate } from '../filter/predicate.ts';
import { matchingBlocks } from '../match/match-rows.ts';
import { noRows, type RowSource, splitSource } from '../match/row-source.ts';
import type { RowOrder } from '../order/row-order.ts';
import { isBeyond, type PageRequest, pageOf, type RowPage } from './page.ts';

interface NaturalQuery {
  readonly page: PageRequest;
  readonly wanted: { readonly totalCount: boolean; readonly pageInfo: boolean };
}

/**
 * The page of a query that is ordered by row number, ascending or descending. It keeps no more rows than the page
 * takes, and stops there unless the total count is wanted.
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
  const needed = page.offset + page.limit + 1;
  const found: number[] = [];
  let matched = 0;
  for await (const block of matchingBlocks(ahead, predicate, pace, !ascends)) {
    const missing = Math.min(needed - found.length, block.length);
    if (missing > 0) found.push(...(ascends ? block.subarray(0, missing) : block.slice(-missing).reverse()));
    matched += block.length;
    if (matched >= needed && !wanted.totalCount) break;
  }
  const rows = found.slice(page.offset, page.offset + page.limit);
  const passed =
    wanted.totalCount || (wanted.pageInfo && rows.length > 0)
      ? await countMatches(behind, predicate, pace, !wanted.totalCount)
      : 0;
  return pageOf(
    {
      rows,
      hasEarlier: passed + page.offset > 0,
      hasLater: matched >= needed,
      totalCount: wanted.totalCount ? matched + passed : undefined,
    },
    page.backward,
  );
}

/** Splits the rows at the cursor: those ahead of it in the direction of reading, and those behind. */
function splitAtCursor(
  source: RowSource,
  order: RowOrder,
  { cursor, backward }: PageRequest,
  ascends: boolean,
): { readonly ahead: RowSource; readonly behind: RowSource } {
  if (!cursor) return { ahead: source, behind: noRows };
  const bounds = order.boundsOf(cursor);
  const [below, above] = splitSource(source, (row) => isBeyond(order, row, bounds, backward) !== ascends);
  return ascends ? { ahead: above, behind: below } : { ahead: below, behind: above };
}

/** @param one whether it is enough to know that there is at least one */
async function countMatches(
  source: RowSource,
  predicate: Predicate,
  pace: Pace,
  one: boolean,
): Promise<number> {
  let count = 0;
  for await (const block of matchingBlocks(source, predicate, pace)) {
    count += block.length;
    if (one) break;
  }
  return count;
}
