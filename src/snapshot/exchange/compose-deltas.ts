import { type Pace, paced } from '../../columns/pace.ts';
import { applyDelta } from './apply-delta.ts';
import type { Delta } from './delta.ts';

/**
 * Composes consecutive deltas into one. That takes time in proportion to the changes, so that a snapshot with many deltas is
 * copied once instead of once for each.
 *
 * @throws RangeError if they are not consecutive
 */
export async function composeDeltas(deltas: readonly Delta[], pace: Pace): Promise<Delta | undefined> {
  const [first, second] = deltas;
  if (!first || !second) return first;
  // In halves, because every row is copied at each level.
  const middle = deltas.length >> 1;
  const left = await composeDeltas(deltas.slice(0, middle), pace);
  const right = await composeDeltas(deltas.slice(middle), pace);
  return left && right && composeTwo(left, right, pace);
}

async function composeTwo(first: Delta, second: Delta, pace: Pace): Promise<Delta> {
  const gone = await splitRemoved(first, second.removed, pace);
  const survivors = await survivorPositions(first, gone.removedAdded, second, pace);
  const added = await interleave(survivors, second.positions, pace);
  const inner = { removed: gone.removedAdded, positions: added.placesOfSecond, rows: second.rows };
  return {
    removed: await mergeAscending(first.removed, gone.removedKept, pace),
    positions: added.positions,
    rows: await applyDelta(first.rows, inner, pace),
  };
}

/** The rows that the second delta removes: those of the oldest snapshot, and those that the first delta adds. */
async function splitRemoved(first: Delta, removed: Uint32Array, pace: Pace) {
  const removedKept: number[] = [];
  const removedAdded: number[] = [];
  let [added, gone] = [0, 0];
  await paced(removed.length, pace, (i) => {
    const row = removed[i] ?? 0;
    added = countBelow(first.positions, added, row);
    if (first.positions[added] === row) {
      removedAdded.push(added);
      return;
    }
    // The number of the row among those that the first delta keeps.
    const kept = row - added;
    gone = countSkipped(first.removed, gone, kept);
    removedKept.push(kept + gone);
  });
  return { removedKept: new Uint32Array(removedKept), removedAdded: new Uint32Array(removedAdded) };
}

/** The positions in the newest snapshot of the rows that the first delta adds and the second does not remove. */
async function survivorPositions(
  { positions }: Delta,
  removedAdded: Uint32Array,
  second: Delta,
  pace: Pace,
): Promise<Uint32Array> {
  const survivors: number[] = [];
  let [dropped, gone, come] = [0, 0, 0];
  await paced(positions.length, pace, (i) => {
    if (removedAdded[dropped] === i) {
      dropped++;
      return;
    }
    const row = positions[i] ?? 0;
    gone = countBelow(second.removed, gone, row);
    const kept = row - gone;
    come = countSkipped(second.positions, come, kept);
    survivors.push(kept + come);
  });
  return new Uint32Array(survivors);
}

/** How many of the ascending rows are less than this one; at least `count`. */
function countBelow(rows: Uint32Array, count: number, row: number): number {
  let below = count;
  while (below < rows.length && (rows[below] ?? 0) < row) below++;
  return below;
}

/** How many of the ascending rows precede the row that has the number `kept` without them. */
function countSkipped(rows: Uint32Array, count: number, kept: number): number {
  let skipped = count;
  while (skipped < rows.length && (rows[skipped] ?? 0) - skipped <= kept) skipped++;
  return skipped;
}

/** All positions, ascending, and the places of the second delta's positions among them. */
async function interleave(survivors: Uint32Array, second: Uint32Array, pace: Pace) {
  const positions = new Uint32Array(survivors.length + second.length);
  const placesOfSecond = new Uint32Array(second.length);
  let [fromFirst, fromSecond] = [0, 0];
  await paced(positions.length, pace, (place) => {
    const isSecond =
      (second[fromSecond] ?? Number.POSITIVE_INFINITY) < (survivors[fromFirst] ?? Number.POSITIVE_INFINITY);
    positions[place] = (isSecond ? second[fromSecond] : survivors[fromFirst]) ?? 0;
    if (isSecond) placesOfSecond[fromSecond++] = place;
    else fromFirst++;
  });
  return { positions, placesOfSecond };
}

async function mergeAscending(a: Uint32Array, b: Uint32Array, pace: Pace): Promise<Uint32Array> {
  return (await interleave(a, b, pace)).positions;
}
