import type { Pace } from '../../columns/pace.ts';

/** `length` rows of one side, from row `from` on. */
export interface Run {
  readonly side: 'kept' | 'added';
  readonly from: number;
  readonly length: number;
}

/**
 * The origin of each row of a merged snapshot, as runs of rows from one side. Most rows are kept, in long runs that are copied
 * at once.
 */
export interface RowOrigins {
  readonly rowCount: number;
  readonly addedCount: number;
  /** Three numbers for each run: whether its rows are added (1) or kept (0), its first row on that side, and its length. */
  readonly runs: Uint32Array;
}

const numbersOfRun = 3;

/** Collects runs in the order of rows. A run that continues the previous one is joined to it. */
export class RowOriginsBuilder {
  #runs = new Uint32Array(64 * numbersOfRun);
  #end = 0;
  #rowCount = 0;
  #addedCount = 0;

  push(side: Run['side'], from: number, length: number): void {
    if (length === 0) return;
    const isAdded = side === 'added' ? 1 : 0;
    const last = this.#end - numbersOfRun;
    const lastEnd = (this.#runs[last + 1] ?? 0) + (this.#runs[last + 2] ?? 0);
    this.#rowCount += length;
    this.#addedCount += isAdded * length;
    if (last >= 0 && this.#runs[last] === isAdded && lastEnd === from) {
      this.#runs[last + 2] = (this.#runs[last + 2] ?? 0) + length;
      return;
    }
    if (this.#end === this.#runs.length) {
      const larger = new Uint32Array(2 * this.#runs.length);
      larger.set(this.#runs);
      this.#runs = larger;
    }
    this.#runs[this.#end++] = isAdded;
    this.#runs[this.#end++] = from;
    this.#runs[this.#end++] = length;
  }

  finish(): RowOrigins {
    return {
      rowCount: this.#rowCount,
      addedCount: this.#addedCount,
      runs: this.#runs.subarray(0, this.#end),
    };
  }
}

/** How many steps are taken between two checks of the clock. */
const stride = 512;

/**
 * The origins of the rows of a snapshot that is made from an older one and a delta.
 *
 * @param keptCount the number of rows of the older snapshot
 * @param removed those that are removed, ascending
 * @param positions the positions of the added rows, ascending
 * @throws RangeError if these do not fit together
 */
export async function mergeOrigins(
  keptCount: number,
  removed: Uint32Array,
  positions: Uint32Array,
  pace: Pace,
): Promise<RowOrigins> {
  const rowCount = keptCount - removed.length + positions.length;
  const origins = new RowOriginsBuilder();
  let [row, from, gone, added] = [0, 0, 0, 0];
  for (let step = 0; row < rowCount || gone < removed.length; step++) {
    if (step % stride === 0 && pace.due) await pace.pause();
    if (removed[gone] === from) {
      from++;
      gone++;
    } else if (positions[added] === row) {
      origins.push('added', added, 1);
      added++;
      row++;
    } else {
      const length = Math.min((positions[added] ?? rowCount) - row, (removed[gone] ?? keptCount) - from);
      // The rows are not ascending, or beyond the last one.
      if (length <= 0) throw misfit();
      origins.push('kept', from, length);
      from += length;
      row += length;
    }
  }
  if (row !== rowCount || from !== keptCount || added !== positions.length) throw misfit();
  return origins.finish();
}

function misfit(): RangeError {
  return new RangeError('the rows of a delta do not fit the snapshot');
}

/** A run of this many rows is copied in well under a millisecond, unless its texts are very long. */
const longestRun = 2 ** 13;
/** The cost of starting a run, in rows. */
const runCost = 16;

/** Calls `act` with each run, long ones in parts, and with its first row in the merged snapshot. */
export async function eachRun(
  { runs }: RowOrigins,
  pace: Pace,
  act: (run: Run, row: number) => void,
): Promise<void> {
  let row = 0;
  let done = 0;
  for (let at = 0; at < runs.length; at += numbersOfRun) {
    const side = runs[at] === 1 ? 'added' : 'kept';
    let from = runs[at + 1] ?? 0;
    const end = from + (runs[at + 2] ?? 0);
    while (from < end) {
      const length = Math.min(longestRun, end - from);
      act({ side, from, length }, row);
      from += length;
      row += length;
      done += length + runCost;
      if (done < longestRun) continue;
      done = 0;
      if (pace.due) await pace.pause();
    }
  }
}
