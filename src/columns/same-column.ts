import { Buffer } from 'node:buffer';
import { ArenaColumn } from './arena-column.ts';
import type { Column } from './column.ts';
import { NullableColumn } from './nullable-column.ts';
import type { Pace } from './pace.ts';
import { UuidColumn } from './uuid-column.ts';

/** Whether two text columns hold the same texts in the same encoding, so that one of them is enough. */
export async function isSameText(a: Column, b: Column, pace: Pace): Promise<boolean> {
  if (a instanceof ArenaColumn && b instanceof ArenaColumn) {
    return (await isSame(a.offsets, b.offsets, pace)) && isSame(a.bytes, b.bytes, pace);
  }
  if (a instanceof UuidColumn && b instanceof UuidColumn) return isSame(a.packed, b.packed, pace);
  if (a instanceof NullableColumn && b instanceof NullableColumn) {
    return (
      a.length === b.length &&
      (await isSame(a.presence.words, b.presence.words, pace)) &&
      isSameText(a.values, b.values, pace)
    );
  }
  return false;
}

/** How many bytes are compared between two checks of the clock: about 0.1 ms of work. */
const stride = 1 << 20;

async function isSame(a: ArrayBufferView, b: ArrayBufferView, pace: Pace): Promise<boolean> {
  if (a.byteLength !== b.byteLength) return false;
  const bytesA = Buffer.from(a.buffer, a.byteOffset, a.byteLength);
  const bytesB = Buffer.from(b.buffer, b.byteOffset, b.byteLength);
  for (let at = 0; at < bytesA.length; at += stride) {
    if (!bytesA.subarray(at, at + stride).equals(bytesB.subarray(at, at + stride))) return false;
    if (pace.due) await pace.pause();
  }
  return true;
}
