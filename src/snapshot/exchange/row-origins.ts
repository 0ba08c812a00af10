import type { Pace } from '../../columns/pace.ts';

/**
 * Where each row of a merged snapshot comes from: a run of rows from one of two sides at a time. Most rows are kept,
 * in long runs that are copied as one.
 */
export interface RowOrigins {
  readonly rowCount: number;
  readonly runs: readonly Run[];
}

/** `length` rows of one side, from row `from` on. */
export interface Run {
  readonly side: 'kept' | 'added';
  readonly from: number;
  readonly length: number;
}

/**
 * @param keptCount how many rows the older snapshot has
 * @param removed which of them are gone, ascending
 * @param positions where the added rows stand, ascending
 * @throws RangeError where these do not fit together
 */
export function mergeOrigins(keptCount: number, removed: Uint32Array, positions: Uint32Array): RowOrigins {
  const rowCount = keptCount - removed.length + positions.length;
  const runs: Run[] = [];
  let row = 0;
  let from = 0;
  let gone = 0;
  for (let added = 0; added <= positions.length; added++) {
    const until = positions[added] ?? rowCount;
    while (row < until) {
      const next = removed[gone] ?? keptCount;
      const length = Math.min(until - row, next - from);
      if (length > 0) runs.push({ side: 'kept', from, length });
      else if (gone === removed.length) throw new RangeError('there are fewer rows than positions');
      row += length;
      from += length;
      if (from === next && gone < removed.length) {
        from++;
        gone++;
      }
    }
    if (added === positions.length) break;
    const last = runs.at(-1);
    if (last?.side === 'added') runs[runs.length - 1] = { ...last, length: last.length + 1 };
    else runs.push({ side: 'added', from: added, length: 1 });
    row++;
  }
  while (gone < removed.length && removed[gone] === from) {
    from++;
    gone++;
  }
  if (row !== rowCount || from !== keptCount || gone !== removed.length) {
    throw new RangeError('the rows of a delta do not fit the snapshot');
  }
  return { rowCount, runs };
}

/** A run of this many rows is copied in well under a millisecond, unless its texts are very long. */
const longestRun = 2 ** 15;

/** Calls `act` with each run, long ones in parts, and with where it begins in the merged snapshot. */
export async function eachRun(
  { runs }: RowOrigins,
  pace: Pace,
  act: (run: Run, row: number) => void,
): Promise<void> {
  let row = 0;
  for (const { side, from, length } of runs) {
    for (let done = 0; done < length; done += longestRun) {
      act({ side, from: from + done, length: Math.min(longestRun, length - done) }, row + done);
      if (pace.due) await pace.pause();
    }
    row += length;
  }
}
