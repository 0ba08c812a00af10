import type { Pace } from '../../columns/pace.ts';
import type { Predicate } from '../filter/predicate.ts';
import { copyRows, type RowSource, sizeOf } from './row-source.ts';

/** The first block is small, so that a query that needs few rows looks at few. */
const firstBlock = 64;
/** The time, in milliseconds, that a block should take at most. */
const longBlock = 2;

/**
 * Yields the rows of a source for which a predicate is true, block by block, with pauses. Each block is valid until the next one
 * is requested.
 *
 * @param backward whether to begin with the last rows; rows within a block are ascending in any case
 */
export async function* matchingBlocks(
  source: RowSource,
  predicate: Predicate,
  pace: Pace,
  backward = false,
): AsyncGenerator<Uint32Array, void, undefined> {
  const total = sizeOf(source);
  const block = new Uint32Array(Math.min(total, predicate.largestBlock));
  let size = Math.min(firstBlock, block.length);
  for (let done = 0; done < total; ) {
    const count = Math.min(size, total - done);
    copyRows(source, backward ? total - done - count : done, count, block);
    const began = performance.now();
    const kept = predicate.keep(block, count, block);
    const took = performance.now() - began;
    done += count;
    size = nextSize(size, took, block.length);
    if (kept > 0) yield block.subarray(0, kept);
    if (pace.due) await pace.pause();
  }
}

/** Doubles the size as long as blocks are fast; otherwise chooses a size that would have been fast enough. */
function nextSize(size: number, took: number, largest: number): number {
  return took > longBlock ? Math.max(1, Math.floor((size * longBlock) / took)) : Math.min(largest, 2 * size);
}

/** All rows of a source for which a predicate is true. */
export async function matchingRows(
  source: RowSource,
  predicate: Predicate,
  pace: Pace,
): Promise<Uint32Array> {
  let rows = new Uint32Array(firstBlock);
  let count = 0;
  for await (const block of matchingBlocks(source, predicate, pace)) {
    if (count + block.length > rows.length) {
      const larger = new Uint32Array(Math.min(sizeOf(source), 2 * (count + block.length)));
      larger.set(rows.subarray(0, count));
      rows = larger;
    }
    rows.set(block, count);
    count += block.length;
  }
  return rows.subarray(0, count);
}
