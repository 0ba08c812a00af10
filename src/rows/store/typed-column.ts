import { type Codes, newCodes } from '../../columns/codes.ts';
import type { Column, RankedColumn, TextColumn } from '../../columns/column.ts';
import { NullableColumn } from '../../columns/nullable-column.ts';
import { type Pace, paced } from '../../columns/pace.ts';
import { sorted } from '../../columns/sort.ts';
import { UuidColumn } from '../../columns/uuid-column.ts';
import type { Origin } from '../../model/model.ts';
import { lengthOf } from '../../values/type/modifiers.ts';
import { valueType } from '../../values/type/registry.ts';
import type { SqlType } from '../../values/type/sql-type.ts';
import type { ValueType } from '../../values/type/value-type.ts';
import { isUuidBytes } from '../../values/uuid.ts';
import type { Value } from '../../values/value.ts';
import { attributesText, columnText } from './raw-text.ts';
import type { RowStore } from './row-store.ts';

/**
 * A column's values as values of its type. In ranked columns, values that compare equal share a rank; number columns
 * hold the milliseconds of a `timestamp` or `timestamptz`; text columns compare by bytes.
 */
export interface TypedColumn {
  readonly type: ValueType;
  readonly data: Column;
  /** Whether a rank may stand for values that are equal but written differently, such as `1.0` and `1.00`. */
  readonly mergesForms: boolean;
  /** How many rows hold text that is not a value of the type; they count as NULL. */
  readonly invalidValues: number;
  /** The bytes it takes in addition to the store's own; the size of its values is estimated. */
  readonly ownBytes: number;
}

/** Reads the values of an origin as a type. They stay as they are stored if they are valid and compare alike. */
export async function typeColumn(
  store: RowStore,
  origin: Origin,
  type: SqlType,
  pace: Pace,
): Promise<TypedColumn> {
  const values = valueType(type);
  if (origin.kind === 'attributes') {
    return rankRows(store.rowCount, (row) => attributesText(store, row), values, pace);
  }
  const raw = store.column(origin);
  const valid = { type: values, mergesForms: false, invalidValues: 0 };
  if (!raw) return { ...valid, data: nullColumn(store.rowCount), ownBytes: store.rowCount };
  if (await servesAsStored(raw, type, pace)) return { ...valid, data: raw, ownBytes: 0 };
  return raw.encoding === 'ranked'
    ? rankValues(raw, values, pace)
    : rankRows(store.rowCount, (row) => columnText(raw, row), values, pace);
}

function nullColumn(rowCount: number): RankedColumn {
  return { encoding: 'ranked', codes: new Uint8Array(rowCount), values: [] };
}

async function servesAsStored(raw: Column, type: SqlType, pace: Pace): Promise<boolean> {
  if (type.kind === 'text' && type.modifier !== undefined) {
    if (!(await fits(raw, lengthOf(type.modifier), pace))) return false;
  }
  switch (raw.encoding) {
    case 'number':
      return servesMilliseconds(type);
    case 'ranked':
      return raw.values.every((value) =>
        typeof value === 'boolean' ? type.kind === 'bool' : type.kind === 'text' || type.kind === 'opaque',
      );
    case 'text':
      if (type.kind === 'uuid') return holdsCanonicalUuids(raw, pace);
      return type.kind === 'text' || type.kind === 'opaque';
  }
}

/** Whether stored milliseconds can serve as values of the type without a conversion. */
export function servesMilliseconds(type: SqlType): boolean {
  return (type.kind === 'timestamp' || type.kind === 'timestamptz') && (type.modifier ?? 6) >= 3;
}

/** Whether no text is longer than `length` characters, each of which takes at least one byte. */
async function fits(column: Column, length: number, pace: Pace): Promise<boolean> {
  if (column.encoding === 'number') return false;
  if (column.encoding === 'ranked') return column.values.every((value) => String(value).length <= length);
  const reader = column.reader();
  for (let row = 0; row < column.length; row++) {
    if (reader.locate(row) && reader.end - reader.start > length) return false;
    if (row % 512 === 0 && pace.due) await pace.pause();
  }
  return true;
}

/** Canonical UUIDs compare the same as text and as UUIDs. */
async function holdsCanonicalUuids(column: TextColumn, pace: Pace): Promise<boolean> {
  const values = column instanceof NullableColumn ? column.values : column;
  if (values instanceof UuidColumn) return true;
  const reader = column.reader();
  for (let row = 0; row < column.length; row++) {
    if (reader.locate(row) && !isUuidBytes(reader.bytes, reader.start, reader.end)) return false;
    if (row % 512 === 0 && pace.due) await pace.pause();
  }
  return true;
}

/** Ranks the rows of a column whose values are mostly distinct. */
async function rankRows(
  rowCount: number,
  textOf: (row: number) => string | null,
  type: ValueType,
  pace: Pace,
): Promise<TypedColumn> {
  const parsed: Value[] = [];
  const rows: number[] = [];
  let invalidValues = 0;
  await paced(rowCount, pace, (row) => {
    const text = textOf(row);
    if (text === null) return;
    const value = type.parse(text);
    if (value === undefined) invalidValues++;
    else {
      parsed.push(value);
      rows.push(row);
    }
  });
  const { ranks, values, mergesForms } = await rank(parsed, type, pace);
  const codes = newCodes(rowCount, values.length);
  await paced(rows.length, pace, (i) => {
    codes[rows[i] ?? 0] = ranks[i] ?? 0;
  });
  const ownBytes = codes.byteLength + bytesPerValue * values.length;
  return { type, data: { encoding: 'ranked', codes, values }, mergesForms, invalidValues, ownBytes };
}

/** Ranks a column by its type that is stored ranked as text or booleans. */
async function rankValues(raw: RankedColumn, type: ValueType, pace: Pace): Promise<TypedColumn> {
  const parsed: Value[] = [];
  const places: number[] = [];
  await paced(raw.values.length, pace, (i) => {
    const value = type.parse(String(raw.values[i]));
    places.push(value === undefined ? -1 : parsed.push(value) - 1);
  });
  const { ranks, values, mergesForms } = await rank(parsed, type, pace);
  const codes = newCodes(raw.codes.length, values.length);
  let invalidValues = 0;
  await paced(codes.length, pace, (row) => {
    const code = raw.codes[row] ?? 0;
    if (code === 0) return;
    codes[row] = ranks[places[code - 1] ?? -1] ?? 0;
    if (codes[row] === 0) invalidValues++;
  });
  const ownBytes = codes.byteLength + bytesPerValue * values.length;
  return { type, data: { encoding: 'ranked', codes, values }, mergesForms, invalidValues, ownBytes };
}

/** An estimate of the bytes that a value on the heap takes, with the reference to it. */
const bytesPerValue = 40;

interface Ranking {
  /** For each item, 1 + the index of its value. */
  readonly ranks: Codes;
  /** The distinct values in ascending order. */
  readonly values: readonly Value[];
  readonly mergesForms: boolean;
}

async function rank(items: readonly Value[], type: ValueType, pace: Pace): Promise<Ranking> {
  const at = (i: number): Value => items[i] ?? '';
  const keys = new Float64Array(items.length);
  await paced(items.length, pace, (i) => {
    keys[i] = type.sortKey(at(i));
  });
  const compareTied = (a: number, b: number) => type.compare(at(a), at(b));
  const order = await sorted({ count: items.length, keys, compareTied }, pace);
  const ranks = new Uint32Array(items.length);
  const values: Value[] = [];
  let mergesForms = false;
  await paced(order.length, pace, (i) => {
    const item = order[i] ?? 0;
    const value = at(item);
    const last = values.at(-1);
    if (last === undefined || type.compare(last, value) !== 0) values.push(value);
    else mergesForms ||= last !== value && type.jsonb(last) !== type.jsonb(value);
    ranks[item] = values.length;
  });
  return { ranks, values, mergesForms };
}
