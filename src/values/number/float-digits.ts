import { compareDecimals, Decimal, parseDecimal } from './decimal.ts';
import { addDecimals, timesWhole } from './decimal-arithmetic.ts';

/**
 * The fewest significant digits that identify a double. Like Postgres, and unlike JavaScript, it does not rely on the
 * reader to round a tie between two doubles to even.
 */
export function shortestFloat64(value: number): string {
  const text = String(value);
  if (Number.isSafeInteger(value) || !isTie(text, value)) return text;
  const digits = text
    .replace(/e.*$/, '')
    .replace(/\D/g, '')
    .replace(/^0+|0+$/g, '').length;
  // Seventeen digits always suffice: IEEE 754-2008, section 5.12.2.
  for (let precision = digits + 1; precision < 17; precision++) {
    const longer = value.toPrecision(precision);
    if (Number(longer) === value && !isTie(longer, value)) return longer;
  }
  return value.toPrecision(17);
}

/** The same for a number of single precision. */
export function shortestFloat32(value: number): string {
  // Nine digits always suffice.
  for (let precision = 1; precision < 9; precision++) {
    const read = Number(roundedDigits(value, precision));
    const isHalfway = read !== value && read === (value + neighbour32(value, read)) / 2;
    if (Math.fround(read) === value && !isHalfway) return String(read);
  }
  return String(Number(value.toPrecision(9)));
}

/** The nearest decimal with this many digits; the even one if two are equally near. */
function roundedDigits(value: number, precision: number): string {
  const { coefficient, exponent } = exactDecimal(value);
  const digits = String(coefficient);
  const isBetween = digits.length === precision + 1 + Number(value < 0) && digits.endsWith('5');
  const isEven = /[02468]5$/.test(digits);
  return isBetween && isEven ? `${digits.slice(0, -1)}e${exponent + 1}` : value.toPrecision(precision);
}

/** The next number of single precision from `value` in the direction of `towards`. */
export function neighbour32(value: number, towards: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  view.setInt32(0, view.getInt32(0) + stepTowards(value, towards));
  return view.getFloat32(0);
}

/** The exact decimal value of a double. It exists because a half is five tenths. */
export function exactDecimal(double: number): Decimal {
  let whole = double;
  let halvings = 0;
  while (!Number.isInteger(whole)) {
    whole *= 2;
    halvings++;
  }
  return Decimal.of(BigInt(whole) * 5n ** BigInt(halvings), -halvings, halvings);
}

/** Whether the text, which reads back as `value`, is exactly halfway between it and an adjacent number. */
function isTie(text: string, value: number): boolean {
  const written = parseDecimal(text);
  if (!written) return false;
  const order = compareDecimals(written, exactDecimal(value));
  if (order === 0) return false;
  const next = neighbour64(value, order);
  if (!Number.isFinite(next)) return false;
  const twice = addDecimals(exactDecimal(value), exactDecimal(next));
  return compareDecimals(timesWhole(written, 2n), twice) === 0;
}

/** @param side positive for the next greater number, negative for the next smaller one */
function neighbour64(value: number, side: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const towards = side > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  view.setBigInt64(0, view.getBigInt64(0) + BigInt(stepTowards(value, towards)));
  return view.getFloat64(0);
}

/** Incrementing a float's bits moves it away from zero, whatever its sign. */
function stepTowards(value: number, towards: number): number {
  return towards > value === value > 0 ? 1 : -1;
}
