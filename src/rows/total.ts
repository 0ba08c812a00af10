import type { RankedColumn, Value } from '../columns/column.ts';
import { type Pace, paced } from '../columns/pace.ts';
import type { ScalarKind } from '../model/column-type.ts';
import { Decimal, parseDecimal } from './decimal.ts';
import { addDecimals, divideDecimals, timesWhole } from './decimal-arithmetic.ts';
import { float4Type, float8Type } from './float-types.ts';
import { toJsonNumber } from './json-number.ts';
import type { JsonValue } from './json-value.ts';
import type { NonFinite, Numeric } from './numeric-type.ts';
import type { TypedColumn } from './typed-column.ts';

/** The sum of the rows' values, as Postgres' sum() has it; null where no row has a value. */
export async function total(
  kind: ScalarKind,
  { data }: TypedColumn,
  rows: Uint32Array,
  pace: Pace,
): Promise<JsonValue> {
  const numbers = ranked(data);
  if (kind === 'float4' || kind === 'float8') return sumFloats(kind, numbers, rows, pace);
  const { sum, count } = await sumExactly(kind, numbers, rows, pace);
  return count === 0 ? null : toJsonNumber(String(sum));
}

/** The mean of the rows' values, which pg_graphql computes as numeric; null where no row has a value. */
export async function average(
  kind: ScalarKind,
  { data }: TypedColumn,
  rows: Uint32Array,
  pace: Pace,
): Promise<JsonValue> {
  const { sum, count } = await sumExactly(kind, ranked(data), rows, pace);
  if (count === 0) return null;
  if (!(sum instanceof Decimal)) return sum;
  return toJsonNumber(String(divideDecimals(sum, new Decimal(BigInt(count), 0, 0))));
}

function ranked(data: TypedColumn['data']): RankedColumn {
  if (data.encoding === 'ranked') return data;
  throw new TypeError(`numbers must be ranked, but got a column of encoding ${data.encoding}`);
}

/** Floats are added in the order of rows, and rounded to their own precision each time. */
async function sumFloats(
  kind: 'float4' | 'float8',
  { codes, values }: RankedColumn,
  rows: Uint32Array,
  pace: Pace,
): Promise<JsonValue> {
  const round = kind === 'float4' ? Math.fround : Number;
  let sum: number | undefined;
  await paced(rows.length, pace, (i) => {
    const value = values[(codes[rows[i] ?? 0] ?? 0) - 1];
    if (typeof value === 'number') sum = sum === undefined ? value : round(sum + value);
  });
  if (sum === undefined) return null;
  return (kind === 'float4' ? float4Type : float8Type).print(sum);
}

interface Sum {
  readonly sum: Numeric;
  readonly count: number;
}

/** Counts how often each distinct value occurs, then adds these. */
async function sumExactly(
  kind: ScalarKind,
  { codes, values }: RankedColumn,
  rows: Uint32Array,
  pace: Pace,
): Promise<Sum> {
  const counts = new Uint32Array(values.length + 1);
  await paced(rows.length, pace, (i) => {
    const code = codes[rows[i] ?? 0] ?? 0;
    counts[code] = (counts[code] ?? 0) + 1;
  });
  let finite = new Decimal(0n, 0, 0);
  const others = new Set<NonFinite>();
  await paced(values.length, pace, (i) => {
    const times = counts[i + 1] ?? 0;
    if (times === 0) return;
    const value = toNumeric(kind, values[i] ?? 0);
    if (value instanceof Decimal) finite = addDecimals(finite, timesWhole(value, BigInt(times)));
    else others.add(value);
  });
  const [other, ...more] = others;
  const sum = other === undefined ? finite : more.length > 0 || others.has('NaN') ? 'NaN' : other;
  return { sum, count: rows.length - (counts[0] ?? 0) };
}

/** Significant digits that a float keeps when Postgres casts it to numeric: FLT_DIG and DBL_DIG of C. */
const floatDigits = 6;
const doubleDigits = 15;

function toNumeric(kind: ScalarKind, value: Value): Numeric {
  if (value instanceof Decimal) return value;
  if (typeof value === 'bigint') return new Decimal(value, 0, 0);
  if (typeof value === 'number' && Number.isFinite(value)) {
    const digits = Number(value.toPrecision(kind === 'float4' ? floatDigits : doubleDigits));
    return parseDecimal(String(digits)) ?? new Decimal(0n, 0, 0);
  }
  const text = String(value);
  return text === 'Infinity' || text === '-Infinity' ? text : 'NaN';
}
