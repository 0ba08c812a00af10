import { Decimal } from './decimal.ts';

/** The exact sum, with the decimal places of the term that has more. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  return Decimal.of(a.scaled(-exponent) + b.scaled(-exponent), exponent, Math.max(a.scale, b.scale));
}

/** The exact product with an integer. */
export function timesWhole({ coefficient, exponent, scale }: Decimal, factor: bigint): Decimal {
  return Decimal.of(coefficient * factor, exponent, scale);
}

/** The least significant digits and the most decimal places of a quotient: Postgres' select_div_scale(). */
const fewestDigits = 16;
const mostPlaces = 1000;

/** The quotient, rounded half away from zero to the number of places that Postgres chooses. */
export function divideDecimals(dividend: Decimal, divisor: Decimal): Decimal {
  const quads = leading(dividend).weight - leading(divisor).weight;
  const weight = leading(dividend).digits <= leading(divisor).digits ? quads - 1 : quads;
  const places = Math.max(fewestDigits - 4 * weight, dividend.scale, divisor.scale, 0);
  const scale = Math.min(places, mostPlaces);
  const exponent = Math.min(dividend.exponent, divisor.exponent);
  const numerator = dividend.scaled(-exponent) * 10n ** BigInt(scale);
  const denominator = divisor.scaled(-exponent);
  return Decimal.of(divideRounding(numerator, denominator), -scale, scale);
}

/** The first base-10000 digit as Postgres groups them from the decimal point, and its weight. */
function leading({ coefficient, exponent, magnitude }: Decimal): { weight: number; digits: number } {
  if (coefficient === 0n) return { weight: 0, digits: 0 };
  const weight = Math.floor((magnitude - 1) / 4);
  const digits = Decimal.of(coefficient < 0n ? -coefficient : coefficient, exponent - 4 * weight, 0).scaled(
    0,
  );
  return { weight, digits: Number(digits) };
}

/** Rounds half away from zero to a number of decimal places, or to a power of ten if it is negative. */
export function roundDecimal(value: Decimal, places: number): Decimal {
  const { coefficient, exponent } = value;
  const scale = Math.max(0, places);
  // Less than half of the last place; the quotient of such a number could take a divisor of thousands of digits.
  if (value.magnitude < -places) return Decimal.of(0n, 0, scale);
  const dropped = -places - exponent;
  if (dropped <= 0) return Decimal.of(coefficient, exponent, scale);
  return Decimal.of(divideRounding(coefficient, 10n ** BigInt(dropped)), -places, scale);
}

function divideRounding(numerator: bigint, denominator: bigint): bigint {
  const doubled = 2n * (numerator < 0n ? -numerator : numerator);
  const rounded = (doubled + denominator) / (2n * denominator);
  return numerator < 0n ? -rounded : rounded;
}
