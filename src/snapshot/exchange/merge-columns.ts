import { ArenaColumn } from '../../columns/arena-column.ts';
import { newCodes } from '../../columns/codes.ts';
import type { Column, NumberColumn, RankedColumn, TextColumn } from '../../columns/column.ts';
import { NullableColumn } from '../../columns/nullable-column.ts';
import { type Pace, paced } from '../../columns/pace.ts';
import { PresenceBuilder } from '../../columns/presence.ts';
import { TextBuilder } from '../../columns/text-builder.ts';
import { UuidColumn } from '../../columns/uuid-column.ts';
import { compareText } from '../../values/text-order.ts';
import { packedLength } from '../../values/uuid.ts';
import { eachRun, type RowOrigins } from './row-origins.ts';

/**
 * Puts the kept rows of one column and the added ones of another together. What has the same encoding on both sides
 * is copied run by run; of the rest, text is built anew.
 *
 * @param kept undefined where no older row has a value
 * @param added undefined where no added row has one
 */
export async function mergeColumns(
  kept: Column | undefined,
  added: Column | undefined,
  origins: RowOrigins,
  pace: Pace,
): Promise<Column> {
  if (kept?.encoding === 'number' || added?.encoding === 'number') {
    return mergeNumbers(asNumbers(kept), asNumbers(added), origins, pace);
  }
  if (isBooleans(kept) || isBooleans(added)) {
    return mergeBooleans(asRanked(kept), asRanked(added), origins, pace);
  }
  if (kept?.encoding === 'ranked') return mergeRanked(kept, added, origins, pace);
  if (kept instanceof UuidColumn && added instanceof UuidColumn)
    return mergeUuids(kept, added, origins, pace);
  if (kept instanceof ArenaColumn && isText(added) && !hasNull(added)) {
    return mergeArenas(kept, await asArena(added, pace), origins, pace);
  }
  if (
    kept instanceof NullableColumn &&
    (added === undefined || isText(added) || added.encoding === 'ranked')
  ) {
    return mergeNullable(kept, added, origins, pace);
  }
  return rebuildText(kept, added, origins, pace);
}

function isBooleans(column: Column | undefined): boolean {
  return column?.encoding === 'ranked' && column.values[0] === false;
}

function isText(column: Column | undefined): column is TextColumn {
  return column?.encoding === 'text';
}

function hasNull(column: TextColumn): boolean {
  return column instanceof NullableColumn;
}

function asNumbers(column: Column | undefined): NumberColumn | undefined {
  if (column === undefined || column.encoding === 'number') return column;
  throw new RangeError('a column of numbers is one of text in the delta');
}

function asRanked(column: Column | undefined): RankedColumn | undefined {
  if (column === undefined || column.encoding === 'ranked') return column;
  throw new RangeError('a column of booleans is one of text in the delta');
}

async function mergeNumbers(
  kept: NumberColumn | undefined,
  added: NumberColumn | undefined,
  origins: RowOrigins,
  pace: Pace,
): Promise<NumberColumn> {
  const values = new Float64Array(origins.rowCount).fill(Number.NaN);
  await eachRun(origins, pace, ({ side, from, length }, row) => {
    const source = side === 'kept' ? kept : added;
    if (source) values.set(source.values.subarray(from, from + length), row);
  });
  return { encoding: 'number', values };
}

async function mergeBooleans(
  kept: RankedColumn | undefined,
  added: RankedColumn | undefined,
  origins: RowOrigins,
  pace: Pace,
): Promise<RankedColumn> {
  const codes = newCodes(origins.rowCount, 2);
  await eachRun(origins, pace, ({ side, from, length }, row) => {
    const source = side === 'kept' ? kept : added;
    if (source) codes.set(source.codes.subarray(from, from + length), row);
  });
  return { encoding: 'ranked', codes, values: [false, true] };
}

/** The dictionary holds what some row has, in order; codes that mean something else now are translated. */
async function mergeRanked(
  kept: RankedColumn,
  added: Column | undefined,
  origins: RowOrigins,
  pace: Pace,
): Promise<RankedColumn> {
  const used = new Uint8Array(kept.values.length + 1);
  await eachRun(origins, pace, ({ side, from, length }) => {
    if (side === 'kept') for (let i = from; i < from + length; i++) used[kept.codes[i] ?? 0] = 1;
  });
  const addedCount = addedRows(origins);
  const texts = new Set<string>();
  await paced(addedCount, pace, (row) => {
    const text = textAt(added, row);
    if (text !== null) texts.add(text);
  });
  const usedValues: string[] = [];
  const known = new Set<unknown>();
  await paced(kept.values.length, pace, (place) => {
    const value = kept.values[place];
    known.add(value);
    if (used[place + 1] === 1 || texts.has(String(value))) usedValues.push(String(value));
  });
  const news = [...texts].filter((text) => !known.has(text)).sort(compareText);
  const values = await mergeSorted(usedValues, news, pace);
  const places = new Map<string, number>();
  await paced(values.length, pace, (place) => places.set(values[place] ?? '', place + 1));
  const translated = new Uint32Array(kept.values.length + 1);
  await paced(kept.values.length, pace, (place) => {
    translated[place + 1] = places.get(String(kept.values[place])) ?? 0;
  });
  const codeOf = (row: number) => {
    const text = textAt(added, row);
    return text === null ? 0 : (places.get(text) ?? 0);
  };
  const codes = newCodes(origins.rowCount, values.length);
  await eachRun(origins, pace, ({ side, from, length }, row) => {
    for (let i = 0; i < length; i++) {
      const code = side === 'kept' ? translated[kept.codes[from + i] ?? 0] : codeOf(from + i);
      codes[row + i] = code ?? 0;
    }
  });
  return { encoding: 'ranked', codes, values };
}

async function mergeSorted(a: readonly string[], b: readonly string[], pace: Pace): Promise<string[]> {
  const merged: string[] = [];
  let fromA = 0;
  let fromB = 0;
  await paced(a.length + b.length, pace, () => {
    const [nextA, nextB] = [a[fromA], b[fromB]];
    const takesA = nextA !== undefined && (nextB === undefined || compareText(nextA, nextB) < 0);
    merged.push((takesA ? a[fromA++] : b[fromB++]) ?? '');
  });
  return merged;
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
  const values = await mergeColumns(
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

function addedRows({ runs }: RowOrigins): number {
  return runs.reduce((sum, { side, length }) => (side === 'added' ? sum + length : sum), 0);
}

function lengthOf(column: Column): number {
  if (column.encoding === 'text') return column.length;
  return (column.encoding === 'number' ? column.values : column.codes).length;
}

function textAt(column: Column | undefined, row: number): string | null {
  if (column === undefined || column.encoding === 'number') return null;
  if (column.encoding === 'text') return column.get(row);
  const code = column.codes[row] ?? 0;
  return code === 0 ? null : String(column.values[code - 1]);
}
