import type { Column, TextColumn } from '../../columns/column.ts';
import { type Pace, paced } from '../../columns/pace.ts';
import type { Field, SourceRecord } from '../../source/source.ts';
import { compareRanges } from '../../values/bytes.ts';
import type { Value } from '../../values/value.ts';
import { SnapshotBuilder } from '../builder.ts';
import type { BlockReader } from '../file/block-reader.ts';
import type { BlockWriter } from '../file/block-writer.ts';
import { readContent } from '../file/content-reader.ts';
import { writeContent } from '../file/content-writer.ts';
import { DamagedContent } from '../file/unusable-file.ts';
import type { ColumnarSnapshot, SnapshotContent } from '../snapshot.ts';

/** The difference between two snapshots: removed rows and added rows. A changed row is both. */
export interface Delta {
  /** The rows of the older snapshot that are removed, ascending. */
  readonly removed: Uint32Array;
  /** The rows of the newer snapshot that are added, ascending. */
  readonly positions: Uint32Array;
  /** The added rows, in that order. */
  readonly rows: SnapshotContent;
}

/** How many rows are compared between two checks of the clock. */
const stride = 256;

/**
 * Compares two snapshots of one object, row by row.
 *
 * @param fields of the source
 */
export async function deltaBetween(
  older: ColumnarSnapshot,
  newer: ColumnarSnapshot,
  fields: readonly Field[],
  pace: Pace,
): Promise<Delta> {
  const isSameRow = await rowComparison(older.content, newer.content, pace);
  const compareIdentities = identityComparison(older.identity, newer.identity);
  const removed: number[] = [];
  const positions: number[] = [];
  for (let from = 0, to = 0, steps = 0; from < older.rowCount || to < newer.rowCount; steps++) {
    const order = from === older.rowCount ? 1 : to === newer.rowCount ? -1 : compareIdentities(from, to);
    const isKept = order === 0 && isSameRow(from, to);
    if (!isKept && order <= 0) removed.push(from);
    if (!isKept && order >= 0) positions.push(to);
    if (order <= 0) from++;
    if (order >= 0) to++;
    if (steps % stride === 0 && pace.due) await pace.pause();
  }
  return {
    removed: new Uint32Array(removed),
    positions: new Uint32Array(positions),
    rows: await rowsAt(newer, positions, fields, pace),
  };
}

/** Whether the delta changes nothing. */
export function isEmptyDelta({ removed, positions }: Delta): boolean {
  return removed.length === 0 && positions.length === 0;
}

/** Writes a delta. */
export async function writeDelta(out: BlockWriter, { removed, positions, rows }: Delta): Promise<void> {
  out.uint32(removed.length);
  await out.bytes(removed);
  out.uint32(positions.length);
  await out.bytes(positions);
  await writeContent(out, rows);
}

/**
 * Reads what `writeDelta` has written.
 *
 * @throws DamagedContent, or RangeError, if it is something else
 */
export async function readDelta(input: BlockReader): Promise<Delta> {
  const removed = new Uint32Array(await input.bytes(4 * (await input.uint32())));
  const positions = new Uint32Array(await input.bytes(4 * (await input.uint32())));
  const rows = await readContent(input);
  if (rows.rowCount !== positions.length) throw new DamagedContent();
  return { removed, positions, rows };
}

/** Compares the identities of a row of each snapshot by their UTF-8 bytes, which is the order of rows. */
function identityComparison(older: TextColumn, newer: TextColumn): (from: number, to: number) => number {
  const [a, b] = [older.reader(), newer.reader()];
  return (from, to) => {
    a.locate(from);
    b.locate(to);
    return compareRanges(a.bytes, a.start, a.end, b.bytes, b.start, b.end);
  };
}

type RowComparison = (from: number, to: number) => boolean;

/** Whether a row of each snapshot have the same fields, and the same attributes in the same order. */
async function rowComparison(
  older: SnapshotContent,
  newer: SnapshotContent,
  pace: Pace,
): Promise<RowComparison> {
  const pairs: RowComparison[] = [await sameShapes(older, newer, pace)];
  const compared = new Map<Column, Set<Column>>();
  const addPair = async (a: Column | undefined, b: Column | undefined) => {
    if (!a || !b || compared.get(a)?.has(b)) return;
    compared.set(a, (compared.get(a) ?? new Set()).add(b));
    pairs.push(await sameValues(a, b, pace));
  };
  for (const [name, column] of older.fields) await addPair(column, newer.fields.get(name));
  const slots = new Map(newer.slots.map((slot) => [slotKey(slot), slot.column]));
  for (const slot of older.slots) await addPair(slot.column, slots.get(slotKey(slot)));
  return (from, to) => {
    for (const isSame of pairs) if (!isSame(from, to)) return false;
    return true;
  };
}

/** Identifies a slot across snapshots: rows that fill slots with the same keys in the same order have the same shape. */
export function slotKey({ name, occurrence, column }: SnapshotContent['slots'][number]): string {
  return JSON.stringify([name, occurrence, column === undefined]);
}

/** Compares shapes across snapshots by numbering them by the keys of their slots. */
async function sameShapes(
  older: SnapshotContent,
  newer: SnapshotContent,
  pace: Pace,
): Promise<RowComparison> {
  const slotNumbers = new Numbering();
  const shapeNumbers = new Numbering();
  const numbered = async ({ shapes: { parents, slots: lastSlots }, slots }: SnapshotContent) => {
    const slotNumber = slots.map((slot) => slotNumbers.of(slotKey(slot)));
    const numbers = new Uint32Array(parents.length);
    await paced(parents.length, pace, (shape) => {
      const parent = numbers[parents[shape] ?? 0] ?? 0;
      if (shape > 0) numbers[shape] = shapeNumbers.of(`${parent} ${slotNumber[lastSlots[shape] ?? 0]}`);
    });
    return numbers;
  };
  const [a, b] = [await numbered(older), await numbered(newer)];
  return (from, to) => a[older.shapes.codes[from] ?? 0] === b[newer.shapes.codes[to] ?? 0];
}

/** Assigns a number to each distinct text, from 1. */
class Numbering {
  readonly #numbers = new Map<string, number>();

  of(text: string): number {
    const number = this.#numbers.get(text) ?? this.#numbers.size + 1;
    this.#numbers.set(text, number);
    return number;
  }
}

async function sameValues(a: Column, b: Column, pace: Pace): Promise<RowComparison> {
  if (a.encoding === 'number' && b.encoding === 'number') {
    return (from, to) => Object.is(a.values[from], b.values[to]);
  }
  if (a.encoding === 'ranked' && b.encoding === 'ranked') {
    const places = new Map<Value, number>();
    await paced(b.values.length, pace, (place) => places.set(b.values[place] ?? '', place + 1));
    const codes = new Uint32Array(a.values.length + 1);
    await paced(a.values.length, pace, (place) => {
      codes[place + 1] = places.get(a.values[place] ?? '') ?? 0xffffffff;
    });
    return (from, to) => codes[a.codes[from] ?? 0] === b.codes[to];
  }
  if (a.encoding === 'text' && b.encoding === 'text') {
    const [one, other] = [a.reader(), b.reader()];
    return (from, to) => {
      const isThere = one.locate(from);
      if (isThere !== other.locate(to)) return false;
      return (
        !isThere || compareRanges(one.bytes, one.start, one.end, other.bytes, other.start, other.end) === 0
      );
    };
  }
  return (from, to) => valueAt(a, from) === valueAt(b, to);
}

/** The value of a row as a source delivers it. */
function valueAt(column: Column, row: number): string | boolean | number | null {
  if (column.encoding === 'text') return column.get(row);
  if (column.encoding === 'number') {
    const value = column.values[row] ?? Number.NaN;
    return Number.isNaN(value) ? null : value;
  }
  const code = column.codes[row] ?? 0;
  const value = code === 0 ? null : column.values[code - 1];
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}

/** How many records are copied between two pauses. */
const batch = 64;

async function rowsAt(
  snapshot: ColumnarSnapshot,
  rows: readonly number[],
  fields: readonly Field[],
  pace: Pace,
): Promise<SnapshotContent> {
  const builder = new SnapshotBuilder({ fields, needs: 'all' });
  const columns = fields.map(({ name }) => snapshot.content.fields.get(name));
  const recordAt = (row: number): SourceRecord => ({
    fields: columns.map((column) => (column ? valueAt(column, row) : null)),
    attributes: snapshot.attributes(row),
  });
  for (let at = 0; at < rows.length; at += batch) {
    builder.add(rows.slice(at, at + batch).map(recordAt));
    if (pace.due) await pace.pause();
  }
  const { startedAt } = snapshot;
  const { pages, requests, throttles, durationMs } = snapshot.stats;
  return (await builder.finish({ startedAt, pages, requests, throttles, durationMs })).content;
}
