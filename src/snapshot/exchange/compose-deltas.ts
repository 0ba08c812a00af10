import { type Pace, paced } from '../../columns/pace.ts';
import { applyDelta } from './apply-delta.ts';
import type { Delta } from './delta.ts';

/**
 * One delta that does what several do, each to what the one before it makes. It takes time in proportion to what has
 * changed, so that a snapshot to which many deltas apply is copied once and not for each.
 *
 * @throws RangeError where they do not follow each other
 */
export async function composeDeltas(deltas: readonly Delta[], pace: Pace): Promise<Delta | undefined> {
  const [first, second] = deltas;
  if (!first || !second) return first;
  // By halves, since every row is copied at each level.
  const middle = deltas.length >> 1;
  const left = await composeDeltas(deltas.slice(0, middle), pace);
  const right = await composeDeltas(deltas.slice(middle), pace);
  return left && right && composeTwo(left, right, pace);
}

async function composeTwo(first: Delta, second: Delta, pace: Pace): Promise<Delta> {
  const gone = await whatGoes(first, second.removed, pace);
  const survivors = await whereSurvivorsStand(first, gone.removedAdded, second, pace);
  const added = await interleave(survivors, second.positions, pace);
  const inner = { removed: gone.removedAdded, positions: added.placesOfSecond, rows: second.rows };
  return {
    removed: await mergeAscending(first.removed, gone.removedKept, pace),
    positions: added.positions,
    rows: await applyDelta(first.rows, inner, pace),
  };
}

/** Rows that the second delta removes: those that the oldest snapshot has, and those that the first delta has added. */
async function whatGoes(first: Delta, removed: Uint32Array, pace: Pace) {
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
    // The row is this one of those that the first delta has kept.
    const kept = row - added;
    gone = countSkipped(first.removed, gone, kept);
    removedKept.push(kept + gone);
  });
  return { removedKept: new Uint32Array(removedKept), removedAdded: new Uint32Array(removedAdded) };
}

/** Where the rows that the first delta adds, and the second does not remove, stand in the newest snapshot. */
async function whereSurvivorsStand(
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

/** How many of the ascending rows are below this one, from `count` on, of which that is known. */
function countBelow(rows: Uint32Array, count: number, row: number): number {
  let below = count;
  while (below < rows.length && (rows[below] ?? 0) < row) below++;
  return below;
}

/** How many of the ascending rows stand before the row that is number `kept` without them. */
function countSkipped(rows: Uint32Array, count: number, kept: number): number {
  let skipped = count;
  while (skipped < rows.length && (rows[skipped] ?? 0) - skipped <= kept) skipped++;
  return skipped;
}

/** All positions, ascending, and which of them are those of the second delta. */
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
