import { newCodes } from '../../columns/codes.ts';
import type { Column } from '../../columns/column.ts';
import { type Pace, paced } from '../../columns/pace.ts';
import { type Shapes, ShapesBuilder } from '../shape.ts';
import type { Slot, SnapshotContent } from '../snapshot.ts';
import { type Delta, slotKey } from './delta.ts';
import { mergeColumns } from './merge-columns.ts';
import { eachRun, mergeOrigins, type RowOrigins } from './row-origins.ts';

/**
 * Applies a delta to an older snapshot.
 *
 * @throws RangeError if the delta belongs to another snapshot
 */
export async function applyDelta(
  older: SnapshotContent,
  { removed, positions, rows }: Delta,
  pace: Pace,
): Promise<SnapshotContent> {
  const origins = await mergeOrigins(older.rowCount, removed, positions, pace);
  const merge = createMerge(origins, pace);
  const fields = new Map<string, Column>();
  for (const [name, column] of older.fields) fields.set(name, await merge(column, rows.fields.get(name)));
  const { slots, added } = mergeSlots(older.slots, rows.slots);
  const merged: Slot[] = [];
  for (const { slot, kept, added: addedColumn } of slots) {
    merged.push({ ...slot, column: slot.column && (await merge(kept, addedColumn)) });
  }
  const shapes = await mergeShapes(older.shapes, rows.shapes, added, origins, pace);
  const { startedAt, stats } = rows;
  return { rowCount: origins.rowCount, startedAt, stats, fields, slots: merged, shapes };
}

/** Merges columns. Columns that are shared on both sides are merged once, and shared again. */
function createMerge(origins: RowOrigins, pace: Pace) {
  const merged = new Map<Column | undefined, Map<Column | undefined, Column>>();
  return async (kept: Column | undefined, added: Column | undefined): Promise<Column> => {
    const known = merged.get(kept)?.get(added);
    if (known) return known;
    const column = await mergeColumns(kept, added, origins, pace);
    merged.set(kept, (merged.get(kept) ?? new Map()).set(added, column));
    return column;
  };
}

interface MergedSlot {
  readonly slot: Slot;
  readonly kept: Column | undefined;
  readonly added: Column | undefined;
}

/** The older slots, followed by those that only added rows fill; and for each slot of the added rows, its place among them. */
function mergeSlots(older: readonly Slot[], added: readonly Slot[]) {
  const byKey = new Map(added.map((slot) => [slotKey(slot), slot]));
  const slots: MergedSlot[] = older.map((slot) => ({
    slot,
    kept: slot.column,
    added: byKey.get(slotKey(slot))?.column,
  }));
  const places = new Map(older.map((slot, place) => [slotKey(slot), place]));
  const placeOf = (slot: Slot): number => {
    const known = places.get(slotKey(slot));
    if (known !== undefined) return known;
    const place = slots.push({ slot, kept: undefined, added: slot.column }) - 1;
    places.set(slotKey(slot), place);
    return place;
  };
  return { slots, added: added.map(placeOf) };
}

/** @param slotOf for each slot of the added rows, its place among the merged slots */
async function mergeShapes(
  older: Shapes,
  added: Shapes,
  slotOf: readonly number[],
  origins: RowOrigins,
  pace: Pace,
): Promise<Shapes> {
  const builder = new ShapesBuilder();
  const shapeOf = {
    kept: await learn(builder, older, (slot) => slot, pace),
    added: await learn(builder, added, (slot) => slotOf[slot] ?? 0, pace),
  };
  const { parents, slots } = await builder.finish(new Uint32Array(0), pace);
  const codes = newCodes(origins.rowCount, parents.length - 1);
  await eachRun(origins, pace, ({ side, from, length }, row) => {
    const source = side === 'kept' ? older.codes : added.codes;
    for (let i = 0; i < length; i++) codes[row + i] = shapeOf[side][source[from + i] ?? 0] ?? 0;
  });
  return { parents, slots, codes };
}

/** Adds shapes to the builder, in an order in which each follows the one that it extends. */
async function learn(
  builder: ShapesBuilder,
  { parents, slots }: Shapes,
  slotOf: (slot: number) => number,
  pace: Pace,
): Promise<Uint32Array> {
  const learned = new Uint32Array(parents.length);
  await paced(parents.length, pace, (shape) => {
    const parent = learned[parents[shape] ?? 0] ?? 0;
    // Shape 0 is empty, and the same everywhere.
    if (shape > 0) learned[shape] = builder.extended(parent, slotOf(slots[shape] ?? 0));
  });
  return learned;
}
