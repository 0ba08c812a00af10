import type { Value } from '../values/value.ts';
import { ArenaColumn } from './arena-column.ts';
import type { Column, TextColumn } from './column.ts';
import { NullableColumn } from './nullable-column.ts';
import { UuidColumn } from './uuid-column.ts';

/** The bytes that a V8 string takes besides its characters, with the reference to it. */
export const stringOverhead = 24;

/** The size of a column in bytes. Its dictionary is on the JavaScript heap, so that its size is an estimate. */
export function byteLengthOf(column: Column): number {
  switch (column.encoding) {
    case 'ranked':
      return column.codes.byteLength + dictionaryByteLength(column.values);
    case 'number':
      return column.values.byteLength;
    case 'text':
      return textByteLength(column);
  }
}

/** Dictionaries of up to this many values are measured whole, larger ones by as many of their values. */
const mostMeasured = 2 ** 14;

/** Measures a sample of the values. They are sorted, so each measured one is representative of its neighbours. */
function dictionaryByteLength(values: readonly Value[]): number {
  const step = Math.max(1, Math.ceil(values.length / mostMeasured));
  let [measured, bytes] = [0, 0];
  for (let i = 0; i < values.length; i += step) {
    bytes += sizeOf(values[i] ?? '');
    measured++;
  }
  return measured === 0 ? 0 : Math.round((bytes / measured) * values.length);
}

function textByteLength(column: TextColumn): number {
  if (column instanceof ArenaColumn) return column.bytes.byteLength + column.offsets.byteLength;
  if (column instanceof UuidColumn) return column.packed.byteLength;
  if (column instanceof NullableColumn) return column.presence.byteLength + textByteLength(column.values);
  return 0;
}

function sizeOf(value: Value): number {
  return typeof value === 'string' ? stringOverhead + value.length : 8;
}
