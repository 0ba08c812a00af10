import { ArenaColumn } from '../../columns/arena-column.ts';
import type { Column, RankedColumn, TextColumn } from '../../columns/column.ts';
import { NullableColumn } from '../../columns/nullable-column.ts';
import { Pace, paced } from '../../columns/pace.ts';
import { layTexts } from '../../columns/text-layout.ts';
import { TextList } from '../../columns/text-list.ts';
import { UuidColumn } from '../../columns/uuid-column.ts';
import type { SnapshotContent } from '../snapshot.ts';
import type { BlockWriter } from './block-writer.ts';

/** The numbers that stand for the encodings of columns in a file. */
export const columnTags = { booleans: 1, ranked: 2, numbers: 3, arena: 4, uuids: 5, nullable: 6 } as const;

/** The place of a slot's column in a file if it has none. */
export const noColumn = 0xffffffff;

/** Writes a snapshot's content, column by column. `readContent` reads it. */
export async function writeContent(out: BlockWriter, content: SnapshotContent): Promise<void> {
  const { rowCount, startedAt, stats, fields, slots, shapes } = content;
  for (const number of [rowCount, startedAt, stats.rows, stats.pages, stats.requests, stats.throttles]) {
    out.float64(number);
  }
  out.float64(stats.durationMs);

  const columns = [...new Set([...fields.values(), ...slots.flatMap(({ column }) => column ?? [])])];
  const places = new Map(columns.map((column, place) => [column, place]));
  out.uint32(columns.length);
  for (const column of columns) await writeColumn(out, column);

  out.uint32(fields.size);
  for (const [name, column] of fields) {
    out.text(name);
    out.uint32(places.get(column) ?? noColumn);
  }
  out.uint32(slots.length);
  for (const { name, occurrence, column } of slots) {
    out.text(name);
    out.uint32(occurrence);
    out.uint32(column ? (places.get(column) ?? noColumn) : noColumn);
  }
  out.uint32(shapes.parents.length);
  await out.bytes(shapes.parents);
  await out.bytes(shapes.slots);
  out.uint32(shapes.codes.BYTES_PER_ELEMENT);
  await out.bytes(shapes.codes);
}

async function writeColumn(out: BlockWriter, column: Column): Promise<void> {
  switch (column.encoding) {
    case 'ranked':
      return writeRanked(out, column);
    case 'number':
      out.uint32(columnTags.numbers);
      return out.bytes(column.values);
    case 'text':
      return writeText(out, column);
  }
}

async function writeRanked(out: BlockWriter, { codes, values }: RankedColumn): Promise<void> {
  if (values[0] === false) {
    out.uint32(columnTags.booleans);
  } else {
    out.uint32(columnTags.ranked);
    out.uint32(codes.BYTES_PER_ELEMENT);
    out.uint32(values.length);
    await writeText(out, await dictionaryOf(values));
  }
  await out.bytes(codes);
}

async function dictionaryOf(values: RankedColumn['values']): Promise<TextColumn> {
  const texts = new TextList();
  const pace = new Pace();
  await paced(values.length, pace, (i) => texts.push(String(values[i])));
  return layTexts(texts, { rowCount: values.length, textOf: (row) => row }, pace);
}

async function writeText(out: BlockWriter, column: TextColumn): Promise<void> {
  if (column instanceof ArenaColumn) {
    out.uint32(columnTags.arena);
    await out.bytes(column.offsets);
    await out.bytes(column.bytes);
  } else if (column instanceof UuidColumn) {
    out.uint32(columnTags.uuids);
    await out.bytes(column.packed);
  } else if (column instanceof NullableColumn) {
    out.uint32(columnTags.nullable);
    await out.bytes(column.presence.words);
    await writeText(out, column.values);
  } else {
    throw new TypeError('a stored column of text has an unknown encoding');
  }
}
