/**
 * A filter compiled for the columns of one store. It tests many rows per call. Each kind of predicate has a loop of its own,
 * because a function call for each row would cost more than the test itself.
 */
export interface Predicate {
  /** The most rows per call, so that none takes more than a few milliseconds. */
  readonly largestBlock: number;
  /**
   * Keeps the rows for which the filter is true, in the given order.
   *
   * @param rows the row numbers
   * @param count how many of them to test, at most `largestBlock`
   * @param kept receives the rows that are kept; may be `rows` itself
   * @returns how many were kept
   */
  keep(rows: Uint32Array, count: number, kept: Uint32Array): number;
}

/** The block size of predicates that take a few nanoseconds per row. */
export const wholeBlock = 16_384;

/** True for no row. */
export const never: Predicate = { largestBlock: wholeBlock, keep: () => 0 };

/** True for every row. */
export const always: Predicate = {
  largestBlock: wholeBlock,
  keep(rows, count, kept) {
    if (kept !== rows) kept.set(rows.subarray(0, count));
    return count;
  },
};

/** True if all of the predicates are. */
export function allOf(predicates: readonly Predicate[]): Predicate {
  if (predicates.includes(never)) return never;
  const [first, ...others] = predicates.filter((predicate) => predicate !== always);
  if (!first) return always;
  if (others.length === 0) return first;
  return {
    largestBlock: smallest(predicates),
    keep(rows, count, kept) {
      let left = first.keep(rows, count, kept);
      for (const predicate of others) {
        if (left === 0) return 0;
        left = predicate.keep(kept, left, kept);
      }
      return left;
    },
  };
}

/** True if any of the predicates is. */
export function anyOf(predicates: readonly Predicate[]): Predicate {
  if (predicates.includes(always)) return always;
  const possible = predicates.filter((predicate) => predicate !== never);
  const [first, ...others] = possible;
  if (!first) return never;
  return others.length === 0 ? first : new AnyOf(possible);
}

class AnyOf implements Predicate {
  readonly largestBlock: number;
  readonly #predicates: readonly Predicate[];

  constructor(predicates: readonly Predicate[]) {
    this.largestBlock = smallest(predicates);
    this.#predicates = predicates;
  }

  keep(rows: Uint32Array, count: number, kept: Uint32Array): number {
    const scratch = scratches.pop() ?? new Scratch();
    const { undecided, matched } = scratch;
    undecided.set(rows.subarray(0, count));
    let left = count;
    for (const predicate of this.#predicates) {
      const found = predicate.keep(undecided, left, matched);
      left = without(undecided, left, matched, found, undecided);
    }
    const keptCount = without(rows, count, undecided, left, kept);
    scratches.push(scratch);
    return keptCount;
  }
}

/** Room for the rows of a block while it is tested. */
class Scratch {
  readonly undecided = new Uint32Array(wholeBlock);
  readonly matched = new Uint32Array(wholeBlock);
}

/** Those that are not in use. As many are created as predicates are nested. */
const scratches: Scratch[] = [];

function smallest(predicates: readonly Predicate[]): number {
  return Math.min(...predicates.map(({ largestBlock }) => largestBlock));
}

/** The rows that are not among `others`, a subsequence of them. */
function without(
  rows: Uint32Array,
  count: number,
  others: Uint32Array,
  otherCount: number,
  kept: Uint32Array,
): number {
  let other = 0;
  let left = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i] ?? 0;
    if (other < otherCount && others[other] === row) other++;
    else kept[left++] = row;
  }
  return left;
}
