import { ArenaColumn } from '../../columns/arena-column.ts';
import type { TextColumn } from '../../columns/column.ts';
import { NullableColumn } from '../../columns/nullable-column.ts';
import type { Presence } from '../../columns/presence.ts';
import { UuidColumn } from '../../columns/uuid-column.ts';
import { packedLength, packUuid } from '../../values/uuid.ts';
import { wholeBlock } from './predicate.ts';

/** Where the texts of some rows are stored: those that have one, in the order they were requested. */
interface TextSpans {
  bytes: Uint8Array;
  readonly rows: Uint32Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/**
 * The texts that were located last. One for all predicates, since no two of them test rows at the same time: a filter
 * may have hundreds, and each would need as much.
 */
export const spans: TextSpans = {
  bytes: new Uint8Array(0),
  rows: new Uint32Array(wholeBlock),
  starts: new Uint32Array(wholeBlock),
  ends: new Uint32Array(wholeBlock),
};

/** Finds the texts of `count` rows, at most a whole block, and returns how many of them have one. */
export type LocateRows = (rows: Uint32Array, count: number) => number;

/** A representation of a column's texts. */
export interface TextForm {
  readonly locate: LocateRows;
  /** A text in this form; undefined if no row can hold it. */
  encode(text: string): Uint8Array | undefined;
}

/** The texts as UTF-8. */
export function utf8Form(column: TextColumn): TextForm {
  return { locate: locateUtf8(column), encode: (text) => Buffer.from(text) };
}

/** The texts in the smallest form that distinguishes them: UUIDs that are stored as sixteen bytes stay so. */
export function smallestForm(column: TextColumn): TextForm {
  const values = column instanceof NullableColumn ? column.values : column;
  if (!(values instanceof UuidColumn)) return utf8Form(column);
  const locate = locatePacked(values.packed);
  return {
    locate: column instanceof NullableColumn ? locatePresent(column.presence, locate) : locate,
    encode: pack,
  };
}

function pack(text: string): Uint8Array | undefined {
  const packed = new Uint8Array(packedLength);
  return packUuid(text, packed) ? packed : undefined;
}

function locateUtf8(column: TextColumn): LocateRows {
  if (column instanceof ArenaColumn) return locateInArena(column);
  if (column instanceof NullableColumn && column.values instanceof ArenaColumn) {
    return locatePresent(column.presence, locateInArena(column.values));
  }
  return copyOut(column);
}

function locateInArena({ bytes, offsets }: ArenaColumn): LocateRows {
  return (rows, count) => {
    const { starts, ends } = spans;
    spans.bytes = bytes;
    spans.rows.set(rows.subarray(0, count));
    for (let i = 0; i < count; i++) {
      const row = rows[i] ?? 0;
      starts[i] = offsets[row] ?? 0;
      ends[i] = offsets[row + 1] ?? 0;
    }
    return count;
  };
}

function locatePacked(packed: Uint8Array): LocateRows {
  return (rows, count) => {
    const { starts, ends } = spans;
    spans.bytes = packed;
    spans.rows.set(rows.subarray(0, count));
    for (let i = 0; i < count; i++) {
      const start = packedLength * (rows[i] ?? 0);
      starts[i] = start;
      ends[i] = start + packedLength;
    }
    return count;
  };
}

/** The rows that have a value, and its index among those that are present; also for all predicates. */
const present = new Uint32Array(wholeBlock);
const places = new Uint32Array(wholeBlock);

/** @param locate finds values by their index among those that are present */
function locatePresent(presence: Presence, locate: LocateRows): LocateRows {
  return (rows, count) => {
    let found = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] ?? 0;
      if (!presence.has(row)) continue;
      present[found] = row;
      places[found++] = presence.rank(row);
    }
    locate(places, found);
    spans.rows.set(present.subarray(0, found));
    return found;
  };
}

/** Where texts are copied to, and up to how many bytes it is kept for the next ones. */
let copies = new Uint8Array(4096);
const mostKept = 1024 * 1024;

/** Copies texts that are stored in another form into one buffer. */
function copyOut(column: TextColumn): LocateRows {
  const reader = column.reader();
  return (rows, count) => {
    let scratch = copies;
    let found = 0;
    let at = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] ?? 0;
      if (!reader.locate(row)) continue;
      const { bytes, start } = reader;
      const end = at + reader.end - start;
      if (end > scratch.length) {
        const larger = new Uint8Array(2 * end);
        larger.set(scratch);
        scratch = larger;
      }
      for (let j = at; j < end; j++) scratch[j] = bytes[start + j - at] ?? 0;
      spans.rows[found] = row;
      spans.starts[found] = at;
      spans.ends[found++] = end;
      at = end;
    }
    spans.bytes = scratch;
    if (scratch.length <= mostKept) copies = scratch;
    return found;
  };
}
