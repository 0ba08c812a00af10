import { packedLength } from '../values/uuid.ts';
import { ArenaColumn } from './arena-column.ts';
import type { TextColumn } from './column.ts';
import { NullableColumn } from './nullable-column.ts';
import { type Pace, paced, pacedByBytes } from './pace.ts';
import { PresenceBuilder } from './presence.ts';
import { assertOffset, type TextList } from './text-list.ts';
import { unwritten } from './unwritten.ts';
import { UuidColumn } from './uuid-column.ts';

/** Which text each row has. */
export interface RowTexts {
  readonly rowCount: number;
  /** The index of the row's text, or -1 if NULL. */
  textOf(row: number): number;
}

/** Stores the rows' texts one after the other, in the most compact column that can hold them. */
export async function layTexts(texts: TextList, rows: RowTexts, pace: Pace): Promise<TextColumn> {
  const present = new PresenceBuilder();
  await paced(rows.rowCount, pace, (row) => {
    if (rows.textOf(row) >= 0) present.set(row);
  });
  const presence = present.finish(rows.rowCount);
  const values = texts.allPacked
    ? await layUuids(texts, rows, presence.size, pace)
    : await layArena(texts, rows, presence.size, pace);
  return presence.size === rows.rowCount ? values : new NullableColumn(rows.rowCount, presence, values);
}

async function layUuids(texts: TextList, rows: RowTexts, count: number, pace: Pace): Promise<UuidColumn> {
  const packed = new Uint8Array(unwritten(packedLength * count));
  let end = 0;
  await paced(rows.rowCount, pace, (row) => {
    const text = rows.textOf(row);
    if (text >= 0) end = texts.writePacked(text, packed, end);
  });
  return new UuidColumn(packed);
}

async function layArena(texts: TextList, rows: RowTexts, count: number, pace: Pace): Promise<ArenaColumn> {
  const offsets = new Uint32Array(unwritten(Uint32Array.BYTES_PER_ELEMENT * (count + 1)));
  offsets[0] = 0;
  let value = 0;
  let end = 0;
  await paced(rows.rowCount, pace, (row) => {
    const text = rows.textOf(row);
    if (text < 0) return;
    end += texts.byteLength(text);
    assertOffset(end);
    offsets[++value] = end;
  });
  const bytes = new Uint8Array(unwritten(end));
  let at = 0;
  await pacedByBytes(rows.rowCount, pace, (row) => {
    const text = rows.textOf(row);
    const start = at;
    if (text >= 0) at = texts.write(text, bytes, at);
    return at - start;
  });
  return new ArenaColumn(offsets, bytes);
}
