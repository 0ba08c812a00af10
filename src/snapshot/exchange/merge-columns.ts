import { newCodes } from '../../columns/codes.ts';
import type { Column, NumberColumn, RankedColumn } from '../../columns/column.ts';
import type { Pace } from '../../columns/pace.ts';
import { unwritten } from '../../columns/unwritten.ts';
import { mergeRanked } from './merge-ranked.ts';
import { mergeText } from './merge-text.ts';
import { eachRun, type RowOrigins } from './row-origins.ts';

/**
 * Merges the kept rows of one column with the added rows of another. Columns with the same encoding are copied run by run;
 * other columns of text are rebuilt.
 *
 * @param kept undefined if no older row has a value
 * @param added undefined if no added row has a value
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
  return mergeText(kept, added, origins, pace);
}

function isBooleans(column: Column | undefined): boolean {
  return column?.encoding === 'ranked' && column.values[0] === false;
}

function asNumbers(column: Column | undefined): NumberColumn | undefined {
  if (column === undefined || column.encoding === 'number') return column;
  throw new RangeError('a column of numbers is a column of text in the delta');
}

function asRanked(column: Column | undefined): RankedColumn | undefined {
  if (column === undefined || column.encoding === 'ranked') return column;
  throw new RangeError('a column of booleans is a column of text in the delta');
}

async function mergeNumbers(
  kept: NumberColumn | undefined,
  added: NumberColumn | undefined,
  origins: RowOrigins,
  pace: Pace,
): Promise<NumberColumn> {
  const values = new Float64Array(unwritten(8 * origins.rowCount));
  await eachRun(origins, pace, ({ side, from, length }, row) => {
    const source = side === 'kept' ? kept : added;
    if (source) values.set(source.values.subarray(from, from + length), row);
    else values.fill(Number.NaN, row, row + length);
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
