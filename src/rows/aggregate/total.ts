import type { RankedColumn } from '../../columns/column.ts';
import { type Pace, paced, pacedByBytes } from '../../columns/pace.ts';
import type { Column } from '../../model/model.ts';
import { Decimal, parseDecimal } from '../../values/number/decimal.ts';
import { divideDecimals } from '../../values/number/decimal-arithmetic.ts';
import type { NonFinite, Numeric } from '../../values/type/numeric-type.ts';
import type { SqlType } from '../../values/type/sql-type.ts';
import type { Value } from '../../values/value.ts';
import { readTyped } from '../store/read-value.ts';
import type { TableView } from '../store/view.ts';
import { type Figure, numericFigure, toFigure } from './figure.ts';

/** The sum of the rows' values, as Postgres' sum() computes it; null if no row has a value. */
export async function total(view: TableView, column: Column, rows: Uint32Array, pace: Pace): Promise<Figure> {
  const { kind } = column.type;
  if (kind === 'float4' || kind === 'float8') {
    const sum = await sumFloats(kind, await rankedColumn(view, column, pace), rows, pace);
    return toFigure(column.type, sum);
  }
  const { sum, count } = await sumExactly(view, column, rows, pace);
  return count === 0 ? toFigure(column.type, null) : numericFigure(sum);
}

/** The mean of the rows' values, which pg_graphql computes as numeric; null if no row has a value. */
export async function average(
  view: TableView,
  column: Column,
  rows: Uint32Array,
  pace: Pace,
): Promise<Figure> {
  const { sum, count } = await sumExactly(view, column, rows, pace);
  if (count === 0) return toFigure(column.type, null);
  return numericFigure(sum instanceof Decimal ? divideDecimals(sum, Decimal.of(BigInt(count), 0, 0)) : sum);
}

async function rankedColumn(view: TableView, column: Column, pace: Pace): Promise<RankedColumn> {
  const { data } = await view.typed(column, pace);
  if (data.encoding === 'ranked') return data;
  throw new TypeError(`numbers must be ranked, but got a column of encoding ${data.encoding}`);
}

/** Floats are added in the order of rows, and rounded to their own precision each time. */
async function sumFloats(
  kind: 'float4' | 'float8',
  { codes, values }: RankedColumn,
  rows: Uint32Array,
  pace: Pace,
): Promise<number | null> {
  const round = kind === 'float4' ? Math.fround : Number;
  let sum: number | undefined;
  await paced(rows.length, pace, (i) => {
    const value = values[(codes[rows[i] ?? 0] ?? 0) - 1];
    if (typeof value === 'number') sum = sum === undefined ? value : round(sum + value);
  });
  return sum ?? null;
}

interface Sum {
  readonly sum: Numeric;
  readonly count: number;
}

async function sumExactly(view: TableView, column: Column, rows: Uint32Array, pace: Pace): Promise<Sum> {
  const sum = new ExactSum();
  const { mergesForms } = await view.typed(column, pace);
  if (mergesForms && column.type.kind === 'numeric') {
    // A sum has as many decimal places as the term with the most of them, which ranks do not record.
    await pacedByBytes(rows.length, pace, (i) => {
      const value = readTyped(view, column, rows[i] ?? 0);
      return value === null || value === undefined ? 0 : sum.add(toNumeric(column.type.kind, value), 1);
    });
    return sum;
  }
  const { codes, values } = await rankedColumn(view, column, pace);
  const counts = new Uint32Array(values.length + 1);
  await paced(rows.length, pace, (i) => {
    const code = codes[rows[i] ?? 0] ?? 0;
    counts[code] = (counts[code] ?? 0) + 1;
  });
  await pacedByBytes(values.length, pace, (i) => {
    const times = counts[i + 1] ?? 0;
    return times > 0 ? sum.add(toNumeric(column.type.kind, values[i] ?? 0), times) : 0;
  });
  return sum;
}

/** Adds at the smallest exponent seen so far, so that each term costs a single addition. */
class ExactSum implements Sum {
  count = 0;
  #coefficient = 0n;
  #exponent = 0;
  #scale = 0;
  readonly #others = new Set<NonFinite>();

  /** @returns the number of digits that were calculated with: numbers like `1e131071` take milliseconds each */
  add(value: Numeric, times: number): number {
    this.count += times;
    if (!(value instanceof Decimal)) {
      this.#others.add(value);
      return 0;
    }
    if (value.exponent < this.#exponent) {
      this.#coefficient *= 10n ** BigInt(this.#exponent - value.exponent);
      this.#exponent = value.exponent;
    }
    this.#coefficient += value.scaled(-this.#exponent) * BigInt(times);
    this.#scale = Math.max(this.#scale, value.scale);
    return Math.max(0, value.magnitude - this.#exponent);
  }

  get sum(): Numeric {
    const [other, ...more] = this.#others;
    if (other !== undefined) return more.length > 0 ? 'NaN' : other;
    return Decimal.of(this.#coefficient, this.#exponent, this.#scale);
  }
}

/** Significant digits that remain when Postgres casts a float to numeric: C's FLT_DIG and DBL_DIG. */
const floatDigits = 6;
const doubleDigits = 15;

function toNumeric(kind: SqlType['kind'], value: Value): Numeric {
  if (value instanceof Decimal) return value;
  if (typeof value === 'bigint') return Decimal.of(value, 0, 0);
  if (typeof value === 'number' && Number.isFinite(value)) {
    const digits = Number(value.toPrecision(kind === 'float4' ? floatDigits : doubleDigits));
    return parseDecimal(String(digits)) ?? Decimal.of(0n, 0, 0);
  }
  const text = String(value);
  return text === 'Infinity' || text === '-Infinity' ? text : 'NaN';
}
