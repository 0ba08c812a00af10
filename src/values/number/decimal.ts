/** The zeros that a number is padded with at most, so that all that a double can hold are written in full. */
const mostZeros = 400;

/**
 * A finite `numeric` of Postgres: exact, with the number of decimal places it is displayed with. The value is
 * `coefficient` × 10^`exponent` in its smallest form, so that `1e100000` takes no more memory than `1`.
 */
export class Decimal {
  /** Without trailing zeros; 0 for zero. */
  readonly coefficient: bigint;
  readonly exponent: number;
  /** The number of decimal places displayed. */
  readonly scale: number;
  /** The number of digits before the decimal point; negative if zeros follow the point. 0 for zero. */
  readonly magnitude: number;

  private constructor(coefficient: bigint, exponent: number, scale: number, magnitude: number) {
    this.coefficient = coefficient;
    this.exponent = exponent;
    this.scale = scale;
    this.magnitude = magnitude;
  }

  /** @param scale at least the number of decimal places of the value */
  static of(coefficient: bigint, exponent: number, scale: number): Decimal {
    const digits = String(coefficient < 0n ? -coefficient : coefficient);
    return Decimal.fromDigits(coefficient < 0n, digits, exponent, scale);
  }

  /** @param digits of the coefficient, without a sign */
  static fromDigits(isNegative: boolean, digits: string, exponent: number, scale: number): Decimal {
    const end = lengthWithoutZeros(digits);
    if (end === 0) return new Decimal(0n, 0, scale, 0);
    const magnitude = digits.length - leadingZeros(digits) + exponent;
    const coefficient = BigInt(digits.slice(0, end));
    return new Decimal(
      isNegative ? -coefficient : coefficient,
      exponent + digits.length - end,
      scale,
      magnitude,
    );
  }

  /** The value × 10^`places`, truncated to an integer. */
  scaled(places: number): bigint {
    const shift = this.exponent + places;
    return shift >= 0 ? this.coefficient * 10n ** BigInt(shift) : this.coefficient / 10n ** BigInt(-shift);
  }

  /**
   * The text that Postgres' output function gives: no exponent, all decimal places of the scale. A number that would be written
   * with hundreds of zeros more than it has digits is written with an exponent, so that the eight characters of `1e131071` do
   * not become 131 kB each time. Both are JSON.
   */
  toString(): string {
    const isNegative = this.coefficient < 0n;
    const sign = isNegative ? '-' : '';
    const significant = String(isNegative ? -this.coefficient : this.coefficient);
    const zeros = this.exponent + this.scale + Math.max(0, -this.magnitude);
    if (zeros > mostZeros) return `${sign}${significant}e${this.exponent}`;
    const digits = (significant + '0'.repeat(this.exponent + this.scale)).padStart(this.scale + 1, '0');
    if (this.scale === 0) return sign + digits;
    return `${sign}${digits.slice(0, -this.scale)}.${digits.slice(-this.scale)}`;
  }

  /** The nearest double. */
  toNumber(): number {
    return Number(`${this.coefficient}e${this.exponent}`);
  }

  toJSON(): string {
    return this.toString();
  }
}

const zero = 0x30;

/** The number of digits without trailing zeros. A regular expression would try each zero of a long number as the first of them. */
export function lengthWithoutZeros(digits: string): number {
  let length = digits.length;
  while (digits.charCodeAt(length - 1) === zero) length--;
  return length;
}

function leadingZeros(digits: string): number {
  let zeros = 0;
  while (digits.charCodeAt(zeros) === zero) zeros++;
  return zeros;
}

/** Compares by value, regardless of scale: negative, 0 or positive. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const signA = signOf(a.coefficient);
  const signB = signOf(b.coefficient);
  if (signA !== signB || signA === 0) return signA - signB;
  if (a.magnitude !== b.magnitude) return (a.magnitude - b.magnitude) * signA;
  if (a.exponent === b.exponent) return signOf(a.coefficient - b.coefficient);
  const places = -Math.min(a.exponent, b.exponent);
  return signOf(a.scaled(places) - b.scaled(places));
}

function signOf(value: bigint): number {
  return value > 0n ? 1 : value < 0n ? -1 : 0;
}

/** The most digits before and after the decimal point: Postgres' documentation, section 8.1.2. */
const mostDigitsBefore = 131_072;
const mostDigitsAfter = 16_383;
/** Postgres accepts only exponents below half of INT_MAX. */
const largestExponent = 2 ** 30 - 1;

/**
 * Reads a decimal number, such as `-1_000.50e3`, like Postgres' numeric_in(); undefined if that would raise an error.
 *
 * @param text without white space
 */
export function parseDecimal(text: string): Decimal | undefined {
  const match = decimal.exec(text);
  if (!match) return undefined;
  const before = digitsOf(match[2]);
  const after = digitsOf(match[3] ?? match[4]);
  const exponent = Number(digitsOf(match[5]) || '0');
  if (Math.abs(exponent) >= largestExponent) return undefined;
  if (before.length + after.length > mostDigitsBefore + mostDigitsAfter) return undefined;
  const scale = Math.max(0, after.length - exponent);
  const value = Decimal.fromDigits(match[1] === '-', before + after, exponent - after.length, scale);
  return value.magnitude > mostDigitsBefore || scale > mostDigitsAfter ? undefined : value;
}

const decimal =
  /^([+-]?)(?:(\d+(?:_\d+)*)(?:\.(\d+(?:_\d+)*)?)?|\.(\d+(?:_\d+)*))(?:[eE]([+-]?\d+(?:_\d+)*))?$/;

function digitsOf(text: string | undefined): string {
  return text?.replaceAll('_', '') ?? '';
}
