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

/**
 * Reads what `writeContent` has written.
 *
 * @throws DamagedContent, or RangeError, if it is something else
 */
export async function readContent(input: BlockReader): Promise<SnapshotContent> {
  const rowCount = await input.float64();
  const startedAt = await input.float64();
  const stats = {
    rows: await input.float64(),
    pages: await input.float64(),
    requests: await input.float64(),
    throttles: await input.float64(),
    durationMs: await input.float64(),
  };
  const columns = await list(input, () => readColumn(input, rowCount));
  const fields = new Map(await list(input, () => readField(input, columns)));
  const slots = await list(input, () => readSlot(input, columns));
  const shapes = await readShapes(input, rowCount);
  return { rowCount, startedAt, stats, fields, slots, shapes };
}

async function list<T>(input: BlockReader, read: () => Promise<T>): Promise<T[]> {
  const count = await input.uint32();
  const items: T[] = [];
  for (let i = 0; i < count; i++) items.push(await read());
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

async function readShapes(input: BlockReader, rowCount: number): Promise<Shapes> {
  const count = await input.uint32();
  return {
    parents: new Uint32Array(await input.bytes(4 * count)),
    slots: new Uint32Array(await input.bytes(4 * count)),
    codes: await readCodes(input, await input.uint32(), rowCount),
  };
}

async function readColumn(input: BlockReader, rowCount: number): Promise<Column> {
  const tag = await input.uint32();
  switch (tag) {
    case columnTags.booleans:
      return { encoding: 'ranked', codes: await readCodes(input, 1, rowCount), values: [false, true] };
    case columnTags.ranked:
      return readRanked(input, rowCount);
    case columnTags.numbers:
      return { encoding: 'number', values: new Float64Array(await input.bytes(8 * rowCount)) };
    case columnTags.nullable: {
      const presence = new Presence(new Uint32Array(await input.bytes(4 * Math.ceil(rowCount / 32))));
      return new NullableColumn(
        rowCount,
        presence,
        await readText(input, await input.uint32(), presence.size),
      );
    }
    default:
      return readText(input, tag, rowCount);
  }
}

async function readRanked(input: BlockReader, rowCount: number): Promise<RankedColumn> {
  const width = await input.uint32();
  const count = await input.uint32();
  const dictionary = await readText(input, await input.uint32(), count);
  const values: string[] = [];
  await paced(count, new Pace(), (i) => values.push(dictionary.get(i)));
  return { encoding: 'ranked', codes: await readCodes(input, width, rowCount), values };
}

async function readText(input: BlockReader, tag: number, count: number): Promise<ArenaColumn | UuidColumn> {
  if (tag === columnTags.uuids) {
    return new UuidColumn(new Uint8Array(await input.bytes(packedLength * count)));
  }
  if (tag !== columnTags.arena) throw new DamagedContent();
  const offsets = new Uint32Array(await input.bytes(4 * (count + 1)));
  return new ArenaColumn(offsets, new Uint8Array(await input.bytes(offsets[count] ?? 0)));
}

async function readCodes(input: BlockReader, width: number, count: number): Promise<Codes> {
  const bytes = await input.bytes(width * count);
  if (width === 1) return new Uint8Array(bytes);
  if (width === 2) return new Uint16Array(bytes);
  if (width === 4) return new Uint32Array(bytes);
  throw new DamagedContent();
}
