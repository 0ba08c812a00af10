import { compareDecimals, parseDecimal } from './decimal.ts';
import { exactDecimal, neighbour32 } from './float-digits.ts';
import { trimSpace } from './number-text.ts';

/** Reads a double like Postgres, which uses C's strtod(); undefined if that would raise an error. */
export function parseFloat64(text: string): number | undefined {
  const trimmed = trimSpace(text);
  const word = words.get(trimmed.toLowerCase());
  if (word !== undefined) return word;
  const value = decimal.test(trimmed) ? Number(trimmed) : parseHexadecimal(trimmed);
  return value === undefined || isOutOfRange(value, trimmed) ? undefined : value;
}

/** The same for a number of single precision. */
export function parseFloat32(text: string): number | undefined {
  const double = parseFloat64(text);
  if (double === undefined) return undefined;
  const value = toFloat32(double, text);
  const overflows = Number.isFinite(double) && !Number.isFinite(value);
  return overflows || (value === 0 && double !== 0) ? undefined : value;
}

const words: ReadonlyMap<string, number> = new Map(
  ['', '+', '-'].flatMap((sign): [string, number][] => {
    const infinity = sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    return [
      [`${sign}nan`, Number.NaN],
      [`${sign}inf`, infinity],
      [`${sign}infinity`, infinity],
    ];
  }),
);

const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const hexadecimal = /^([+-]?)0x(?=\.?[\da-f])([\da-f]*)\.?([\da-f]*)(?:p([+-]?\d+))?$/i;

function parseHexadecimal(text: string): number | undefined {
  const match = hexadecimal.exec(text);
  if (!match) return undefined;
  const [, sign = '', before = '', after = '', exponent = '0'] = match;
  const magnitude = Number(BigInt(`0x${before}${after}`)) * 2 ** (Number(exponent) - 4 * after.length);
  return sign === '-' ? -magnitude : magnitude;
}

/** Postgres rejects what would be rounded to infinity or to zero. */
function isOutOfRange(value: number, text: string): boolean {
  if (value !== 0) return !Number.isFinite(value);
  const mantissa = text.replace(/^[+-]?0x/i, '').split(/[ep]/i)[0] ?? '';
  return /[1-9a-f]/i.test(mantissa);
}

/** Rounding twice differs from rounding once if the double is halfway between two floats. */
function toFloat32(double: number, text: string): number {
  const float = Math.fround(double);
  if (float === double || !Number.isFinite(float)) return float;
  const other = neighbour32(float, double);
  if (double !== (float + other) / 2) return float;
  const written = parseDecimal(trimSpace(text));
  const side = written ? compareDecimals(written, exactDecimal(double)) : 0;
  if (side === 0) return float;
  return side > 0 ? Math.max(float, other) : Math.min(float, other);
}
