import { ArenaColumn } from '../../columns/arena-column.ts';
import type { Codes } from '../../columns/codes.ts';
import type { Column, RankedColumn } from '../../columns/column.ts';
import { NullableColumn } from '../../columns/nullable-column.ts';
import { Pace, paced } from '../../columns/pace.ts';
import { Presence } from '../../columns/presence.ts';
import { UuidColumn } from '../../columns/uuid-column.ts';
import { packedLength } from '../../values/uuid.ts';
import type { Shapes } from '../shape.ts';
import type { Slot, SnapshotContent } from '../snapshot.ts';
import type { BlockReader } from './block-reader.ts';
import { columnTags, noColumn } from './content-writer.ts';
import { DamagedContent } from './unusable-file.ts';

/** Rows are numbered by 32 bits. */
const mostRows = 0xffffffff;
/** Far more than there are: Postgres allows 1,600 columns, and a user pool 50 attributes of its own besides the standard ones. */
const mostColumns = 2 ** 16;

/**
 * Reads what `writeContent` has written. Until the seal is verified, every number may be any other: none of them makes it take
 * more memory or time than a file of this length is worth.
 *
 * @throws DamagedContent, or RangeError, if it is something else
 */
export async function readContent(input: BlockReader): Promise<SnapshotContent> {
  const pace = new Pace();
  const rowCount = await input.integer(mostRows);
  const startedAt = await input.time();
  const stats = {
    rows: await input.integer(),
    pages: await input.integer(),
    requests: await input.integer(),
    throttles: await input.integer(),
    durationMs: await input.integer(),
  };
  const columns = await list(input, pace, () => readColumn(input, rowCount, pace));
  const fields = new Map(await list(input, pace, () => readField(input, columns)));
  assertIdentity(fields.values().next().value);
  const slots = await list(input, pace, () => readSlot(input, columns));
  const shapes = await readShapes(input, rowCount, slots.length, pace);
  return { rowCount, startedAt, stats, fields, slots, shapes };
}

/** Every row has an identity, which is a text. */
function assertIdentity(column: Column | undefined): void {
  if (column?.encoding !== 'text' || column instanceof NullableColumn) throw new DamagedContent();
}

async function list<T>(input: BlockReader, pace: Pace, read: () => Promise<T>): Promise<T[]> {
  const count = await input.uint32();
  if (count > mostColumns) throw new DamagedContent();
  const items: T[] = [];
  for (let i = 0; i < count; i++) {
    items.push(await read());
    if (pace.due) await pace.pause();
  }
  return items;
}

async function readField(input: BlockReader, columns: readonly Column[]): Promise<[string, Column]> {
  const name = await input.text();
  const column = columns[await input.uint32()];
  if (!column) throw new DamagedContent();
  return [name, column];
}

async function readSlot(input: BlockReader, columns: readonly Column[]): Promise<Slot> {
  const name = await input.text();
  const occurrence = await input.uint32();
  const place = await input.uint32();
  const column = columns[place];
  if (!column && place !== noColumn) throw new DamagedContent();
  return { name, occurrence, column };
}

async function readShapes(
  input: BlockReader,
  rowCount: number,
  slotCount: number,
  pace: Pace,
): Promise<Shapes> {
  const count = await input.uint32();
  const parents = new Uint32Array(await input.bytes(4 * count));
  const slots = new Uint32Array(await input.bytes(4 * count));
  // Shape 0 is empty, and every other one extends one before it, so that following the parents comes to an end.
  if (parents[0] !== 0) throw new DamagedContent();
  await eachStride(1, count, pace, (from, to) => {
    for (let shape = from; shape < to; shape++) {
      const isValid = (parents[shape] ?? count) < shape && (slots[shape] ?? slotCount) < slotCount;
      if (!isValid) throw new DamagedContent();
    }
  });
  const codes = await readCodes(input, { width: await input.uint32(), count: rowCount, end: count }, pace);
  return { parents, slots, codes };
}

async function readColumn(input: BlockReader, rowCount: number, pace: Pace): Promise<Column> {
  const tag = await input.uint32();
  switch (tag) {
    case columnTags.booleans: {
      const values = [false, true];
      const codes = await readCodes(input, { width: 1, count: rowCount, end: values.length + 1 }, pace);
      return { encoding: 'ranked', codes, values };
    }
    case columnTags.ranked:
      return readRanked(input, rowCount, pace);
    case columnTags.numbers:
      return { encoding: 'number', values: new Float64Array(await input.bytes(8 * rowCount)) };
    case columnTags.nullable:
      return readNullable(input, rowCount, pace);
    default:
      return readText(input, tag, rowCount, pace);
  }
}

async function readRanked(input: BlockReader, rowCount: number, pace: Pace): Promise<RankedColumn> {
  const width = await input.uint32();
  const count = await input.uint32();
  // Every value of a dictionary is that of some row.
  if (count > rowCount) throw new DamagedContent();
  const dictionary = await readText(input, await input.uint32(), count, pace);
  const values: string[] = [];
  await paced(count, pace, (i) => values.push(dictionary.get(i)));
  const codes = await readCodes(input, { width, count: rowCount, end: count + 1 }, pace);
  return { encoding: 'ranked', codes, values };
}

async function readNullable(input: BlockReader, rowCount: number, pace: Pace): Promise<NullableColumn> {
  const words = new Uint32Array(await input.bytes(4 * Math.ceil(rowCount / 32)));
  const bitsOfLast = rowCount % 32;
  if (bitsOfLast > 0 && (words.at(-1) ?? 0) >= 2 ** bitsOfLast) throw new DamagedContent();
  const presence = new Presence(words);
  const values = await readText(input, await input.uint32(), presence.size, pace);
  return new NullableColumn(rowCount, presence, values);
}

async function readText(
  input: BlockReader,
  tag: number,
  count: number,
  pace: Pace,
): Promise<ArenaColumn | UuidColumn> {
  if (tag === columnTags.uuids) {
    return new UuidColumn(new Uint8Array(await input.bytes(packedLength * count)));
  }
  if (tag !== columnTags.arena) throw new DamagedContent();
  const offsets = new Uint32Array(await input.bytes(4 * (count + 1)));
  if (offsets[0] !== 0) throw new DamagedContent();
  // Otherwise the texts could overlap, and take more than all bytes together.
  await eachStride(0, count, pace, (from, to) => {
    for (let i = from; i < to; i++) if ((offsets[i + 1] ?? 0) < (offsets[i] ?? 0)) throw new DamagedContent();
  });
  return new ArenaColumn(offsets, new Uint8Array(await input.bytes(offsets[count] ?? 0)));
}

/** An array of `count` codes below `end`, of so many bytes each. */
interface CodesLayout {
  readonly width: number;
  readonly count: number;
  readonly end: number;
}

async function readCodes(input: BlockReader, layout: CodesLayout, pace: Pace): Promise<Codes> {
  const codes = await readIntegers(input, layout);
  const { count, end } = layout;
  // The codes of an array that has room for no other need no check.
  if (end <= 2 ** (8 * layout.width) - 1) {
    await eachStride(0, count, pace, (from, to) => {
      for (let i = from; i < to; i++) if ((codes[i] ?? 0) >= end) throw new DamagedContent();
    });
  }
  return codes;
}

async function readIntegers(input: BlockReader, { width, count }: CodesLayout): Promise<Codes> {
  if (width === 1) return new Uint8Array(await input.bytes(count));
  if (width === 2) return new Uint16Array(await input.bytes(2 * count));
  if (width === 4) return new Uint32Array(await input.bytes(4 * count));
  throw new DamagedContent();
}

/** So many numbers are checked in some tens of microseconds. */
const stride = 2 ** 14;

async function eachStride(
  first: number,
  end: number,
  pace: Pace,
  check: (from: number, to: number) => void,
): Promise<void> {
  for (let from = first; from < end; from += stride) {
    check(from, Math.min(from + stride, end));
    if (pace.due) await pace.pause();
  }
}
