import { ArenaColumn } from '../../columns/arena-column.ts';
import type { Column, TextColumn } from '../../columns/column.ts';
import { NullableColumn } from '../../columns/nullable-column.ts';
import { type Pace, paced } from '../../columns/pace.ts';
import { Presence, PresenceBuilder } from '../../columns/presence.ts';
import { TextBuilder } from '../../columns/text-builder.ts';
import { unwritten } from '../../columns/unwritten.ts';
import { UuidColumn } from '../../columns/uuid-column.ts';
import { packedLength } from '../../values/uuid.ts';
import { eachRun, type RowOrigins, RowOriginsBuilder } from './row-origins.ts';

/**
 * Merges columns of text: run by run if both have the same encoding, otherwise as UTF-8. See `mergeColumns`.
 */
export async function mergeText(
  kept: TextColumn | undefined,
  added: Column | undefined,
  origins: RowOrigins,
  pace: Pace,
): Promise<Column> {
  if (kept instanceof NullableColumn) return mergeNullable(kept, added, origins, pace);
  if (kept instanceof ArenaColumn || kept instanceof UuidColumn) {
    if (!added || hasNull(added)) return mergeNullable(withPresence(kept), added, origins, pace);
    if (kept instanceof UuidColumn && added instanceof UuidColumn) {
      return mergeUuids(kept, added, origins, pace);
    }
    return mergeArenas(await asArena(kept, pace), await asArena(added, pace), origins, pace);
  }
  return buildText(added, origins, pace);
}

function hasNull(column: Column): boolean {
  return column.encoding === 'ranked' ? column.codes.includes(0) : column instanceof NullableColumn;
}

/** The same column in the encoding of columns with NULLs. */
function withPresence(column: ArenaColumn | UuidColumn): NullableColumn {
  const { length } = column;
  const words = new Uint32Array(Math.ceil(length / 32)).fill(0xffffffff);
  if (length % 32 > 0) words[words.length - 1] = 2 ** (length % 32) - 1;
  return new NullableColumn(length, new Presence(words), column);
}

/** The text of a row, or null. */
export function textAt(column: Column | undefined, row: number): string | null {
  if (column === undefined || column.encoding === 'number') return null;
  if (column.encoding === 'text') return column.get(row);
  const code = column.codes[row] ?? 0;
  return code === 0 ? null : String(column.values[code - 1]);
}

async function mergeUuids(
  kept: UuidColumn,
  added: UuidColumn,
  origins: RowOrigins,
  pace: Pace,
): Promise<UuidColumn> {
  const packed = new Uint8Array(unwritten(packedLength * origins.rowCount));
  await eachRun(origins, pace, ({ side, from, length }, row) => {
    const source = side === 'kept' ? kept : added;
    packed.set(
      source.packed.subarray(packedLength * from, packedLength * (from + length)),
      packedLength * row,
    );
  });
  return new UuidColumn(packed);
}

async function mergeArenas(
  kept: ArenaColumn,
  added: ArenaColumn,
  origins: RowOrigins,
  pace: Pace,
): Promise<ArenaColumn> {
  const offsets = new Uint32Array(unwritten(4 * (origins.rowCount + 1)));
  offsets[0] = 0;
  let end = 0;
  await eachRun(origins, pace, ({ side, from, length }, row) => {
    const source = side === 'kept' ? kept : added;
    const shift = end - (source.offsets[from] ?? 0);
    for (let i = 1; i <= length; i++) offsets[row + i] = (source.offsets[from + i] ?? 0) + shift;
    end += (source.offsets[from + length] ?? 0) - (source.offsets[from] ?? 0);
    if (end > 0xffffffff) throw new RangeError('a column of text is too long');
  });
  const bytes = new Uint8Array(unwritten(end));
  await eachRun(origins, pace, ({ side, from, length }, row) => {
    const source = side === 'kept' ? kept : added;
    bytes.set(source.bytes.subarray(source.offsets[from], source.offsets[from + length]), offsets[row]);
  });
  return new ArenaColumn(offsets, bytes);
}

/** Rows without a value have no place among the values, so the values have their own runs. */
async function mergeNullable(
  kept: NullableColumn,
  added: Column | undefined,
  origins: RowOrigins,
  pace: Pace,
): Promise<Column> {
  const present = new PresenceBuilder();
  const valueOrigins = new RowOriginsBuilder();
  const texts: string[] = [];
  await eachRun(origins, pace, ({ side, from, length }, row) => {
    const begin = side === 'kept' ? rankAt(kept, from) : texts.length;
    for (let i = 0; i < length; i++) {
      const text = side === 'kept' ? undefined : textAt(added, from + i);
      if (side === 'kept' ? kept.presence.has(from + i) : text !== null) present.set(row + i);
      if (typeof text === 'string') texts.push(text);
    }
    const end = side === 'kept' ? rankAt(kept, from + length) : texts.length;
    valueOrigins.push(side, begin, end - begin);
  });
  const values = await mergeText(
    kept.values,
    await textColumn(texts, kept.values, pace),
    valueOrigins.finish(),
    pace,
  );
  const presence = present.finish(origins.rowCount);
  if (!(values instanceof ArenaColumn) && !(values instanceof UuidColumn)) {
    throw new TypeError('merged values without NULLs have an encoding with NULLs');
  }
  return presence.size === origins.rowCount ? values : new NullableColumn(origins.rowCount, presence, values);
}

function rankAt({ presence, length }: NullableColumn, row: number): number {
  return row === length ? presence.size : presence.rank(row);
}

/** Goes through strings, since there are few added rows. */
async function textColumn(
  texts: readonly string[],
  like: TextColumn,
  pace: Pace,
): Promise<Column | undefined> {
  if (texts.length === 0)
    return like instanceof UuidColumn ? new UuidColumn(new Uint8Array(0)) : emptyArena();
  const builder = new TextBuilder();
  await paced(texts.length, pace, (row) => builder.set(row, texts[row] ?? ''));
  const column = await builder.finish(await asTheyAre(texts.length, pace), pace);
  return column.encoding === 'ranked' ? asArena(column, pace) : column;
}

function emptyArena(): ArenaColumn {
  return new ArenaColumn(new Uint32Array(1), new Uint8Array(0));
}

async function asArena(column: Column, pace: Pace): Promise<ArenaColumn> {
  if (column instanceof ArenaColumn) return column;
  const length = lengthOf(column);
  const offsets = new Uint32Array(length + 1);
  await paced(length, pace, (row) => {
    offsets[row + 1] = (offsets[row] ?? 0) + Buffer.byteLength(textAt(column, row) ?? '');
  });
  const bytes = Buffer.alloc(offsets[length] ?? 0);
  await paced(length, pace, (row) => {
    bytes.write(textAt(column, row) ?? '', offsets[row] ?? 0);
  });
  return new ArenaColumn(offsets, bytes);
}

/** Builds a column in which no kept row has a value. */
async function buildText(added: Column | undefined, origins: RowOrigins, pace: Pace): Promise<Column> {
  const builder = new TextBuilder();
  await eachRun(origins, pace, ({ side, from, length }, row) => {
    for (let i = 0; side === 'added' && i < length; i++) {
      const text = textAt(added, from + i);
      if (text !== null) builder.set(row + i, text);
    }
  });
  return builder.finish(await asTheyAre(origins.rowCount, pace), pace);
}

/** The order of rows that arrive sorted. */
async function asTheyAre(count: number, pace: Pace): Promise<Uint32Array> {
  const order = new Uint32Array(count);
  await paced(count, pace, (row) => {
    order[row] = row;
  });
  return order;
}

function lengthOf(column: Column): number {
  if (column.encoding === 'text') return column.length;
  return (column.encoding === 'number' ? column.values : column.codes).length;
}
