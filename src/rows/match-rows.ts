import type { Pace } from '../columns/pace.ts';
import type { Predicate } from './predicate.ts';
import { copyRows, type RowSource, sizeOf } from './row-source.ts';

/** The first block is small, so that a query that needs few rows looks at few. */
const firstBlock = 64;
/** A block that takes longer, in milliseconds, is followed by smaller ones. */
const longBlock = 2;

/**
 * Goes through the rows of a source for which a predicate is true, block by block, pausing when it is due. Each
 * block is valid until the next is asked for.
 *
 * @param backward begins with the last rows; inside a block rows ascend all the same
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
    size = took > longBlock ? Math.max(1, size >>> 1) : Math.min(block.length, 2 * size);
    if (kept > 0) yield block.subarray(0, kept);
    if (pace.due) await pace.pause();
  }
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
