import { ArenaColumn } from '../../columns/arena-column.ts';
import type { Column, TextColumn } from '../../columns/column.ts';
import { NullableColumn } from '../../columns/nullable-column.ts';
import { type Pace, paced } from '../../columns/pace.ts';
import { PresenceBuilder } from '../../columns/presence.ts';
import { TextBuilder } from '../../columns/text-builder.ts';
import { UuidColumn } from '../../columns/uuid-column.ts';
import { packedLength } from '../../values/uuid.ts';
import { eachRun, type RowOrigins } from './row-origins.ts';

/** Columns of text; what is added to one may be ranked, where few rows come. See `mergeColumns`. */
export async function mergeText(
  kept: TextColumn | undefined,
  added: Column | undefined,
  origins: RowOrigins,
  pace: Pace,
): Promise<Column> {
  if (kept instanceof UuidColumn && added instanceof UuidColumn) {
    return mergeUuids(kept, added, origins, pace);
  }
  if (kept instanceof ArenaColumn && added?.encoding === 'text' && !(added instanceof NullableColumn)) {
    return mergeArenas(kept, await asArena(added, pace), origins, pace);
  }
  if (kept instanceof NullableColumn) return mergeNullable(kept, added, origins, pace);
  return rebuildText(kept, added, origins, pace);
}

/** The text of a row; null where it has none. */
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
  const packed = new Uint8Array(packedLength * origins.rowCount);
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
  const offsets = new Uint32Array(origins.rowCount + 1);
  let end = 0;
  await eachRun(origins, pace, ({ side, from, length }, row) => {
    const source = side === 'kept' ? kept : added;
    const shift = end - (source.offsets[from] ?? 0);
    for (let i = 1; i <= length; i++) offsets[row + i] = (source.offsets[from + i] ?? 0) + shift;
    end += (source.offsets[from + length] ?? 0) - (source.offsets[from] ?? 0);
    if (end > 0xffffffff) throw new RangeError('a column of text is too long');
  });
  const bytes = new Uint8Array(end);
  await eachRun(origins, pace, ({ side, from, length }, row) => {
    const source = side === 'kept' ? kept : added;
    bytes.set(source.bytes.subarray(source.offsets[from], source.offsets[from + length]), offsets[row]);
  });
  return new ArenaColumn(offsets, bytes);
}

/** Rows without a value take no place among the values, so the values are merged by runs of their own. */
async function mergeNullable(
  kept: NullableColumn,
  added: Column | undefined,
  origins: RowOrigins,
  pace: Pace,
): Promise<Column> {
  const present = new PresenceBuilder();
  const runs: { side: 'kept' | 'added'; from: number; length: number }[] = [];
  const texts: string[] = [];
  let count = 0;
  await eachRun(origins, pace, ({ side, from, length }, row) => {
    const begin = side === 'kept' ? rankAt(kept, from) : texts.length;
    for (let i = 0; i < length; i++) {
      const text = side === 'kept' ? undefined : textAt(added, from + i);
      if (side === 'kept' ? kept.presence.has(from + i) : text !== null) present.set(row + i);
      if (typeof text === 'string') texts.push(text);
    }
    const end = side === 'kept' ? rankAt(kept, from + length) : texts.length;
    if (end > begin) runs.push({ side, from: begin, length: end - begin });
    count += end - begin;
  });
  const values = await mergeText(
    kept.values,
    await textColumn(texts, kept.values, pace),
    { rowCount: count, runs },
    pace,
  );
  const presence = present.finish(origins.rowCount);
  if (!(values instanceof ArenaColumn) && !(values instanceof UuidColumn)) {
    throw new TypeError('values without NULLs make a column without them');
  }
  return presence.size === origins.rowCount ? values : new NullableColumn(origins.rowCount, presence, values);
}

function rankAt({ presence, length }: NullableColumn, row: number): number {
  return row === length ? presence.size : presence.rank(row);
}

/** Added rows are few, so that they may go through strings. */
async function textColumn(
  texts: readonly string[],
  like: TextColumn,
  pace: Pace,
): Promise<Column | undefined> {
  if (texts.length === 0)
    return like instanceof UuidColumn ? new UuidColumn(new Uint8Array(0)) : emptyArena();
  const builder = new TextBuilder();
  for (const [row, text] of texts.entries()) builder.set(row, text);
  const column = await builder.finish(
    Uint32Array.from(texts, (_, row) => row),
    pace,
  );
  return column.encoding === 'ranked' ? asArena(column, pace) : column;
}

function emptyArena(): ArenaColumn {
  return new ArenaColumn(new Uint32Array(1), new Uint8Array(0));
}

async function asArena(column: Column, pace: Pace): Promise<ArenaColumn> {
  if (column instanceof ArenaColumn) return column;
  const length = lengthOf(column);
  const texts: Buffer[] = [];
  const offsets = new Uint32Array(length + 1);
  await paced(length, pace, (row) => {
    const bytes = Buffer.from(textAt(column, row) ?? '');
    texts.push(bytes);
    offsets[row + 1] = (offsets[row] ?? 0) + bytes.length;
  });
  return new ArenaColumn(offsets, new Uint8Array(Buffer.concat(texts)));
}

/** The slow way, for a column whose encoding does not hold what comes. */
async function rebuildText(
  kept: Column | undefined,
  added: Column | undefined,
  origins: RowOrigins,
  pace: Pace,
): Promise<Column> {
  const builder = new TextBuilder();
  let row = 0;
  for (const { side, from, length } of origins.runs) {
    const source = side === 'kept' ? kept : added;
    const begin = row;
    await paced(length, pace, (i) => {
      const text = textAt(source, from + i);
      if (text !== null) builder.set(begin + i, text);
    });
    row += length;
  }
  const order = new Uint32Array(origins.rowCount);
  await paced(order.length, pace, (i) => {
    order[i] = i;
  });
  return builder.finish(order, pace);
}

function lengthOf(column: Column): number {
  if (column.encoding === 'text') return column.length;
  return (column.encoding === 'number' ? column.values : column.codes).length;
}
