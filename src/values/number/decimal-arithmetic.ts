import { Decimal } from './decimal.ts';

/** The exact sum, with as many places as the longer of the two. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  return Decimal.of(a.scaled(-exponent) + b.scaled(-exponent), exponent, Math.max(a.scale, b.scale));
}

/** The exact product with a whole number. */
export function timesWhole({ coefficient, exponent, scale }: Decimal, factor: bigint): Decimal {
  return Decimal.of(coefficient * factor, exponent, scale);
}

/** Significant digits that a quotient has at least, and decimal places at most: select_div_scale() of Postgres. */
const fewestDigits = 16;
const mostPlaces = 1000;

/** The quotient, rounded to as many places as Postgres chooses: half away from zero. */
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

/** The first four digits as Postgres groups them, from the decimal point on, and how many groups follow them. */
function leading({ coefficient, exponent, magnitude }: Decimal): { weight: number; digits: number } {
  if (coefficient === 0n) return { weight: 0, digits: 0 };
  const weight = Math.floor((magnitude - 1) / 4);
  const digits = Decimal.of(coefficient < 0n ? -coefficient : coefficient, exponent - 4 * weight, 0).scaled(
    0,
  );
  return { weight, digits: Number(digits) };
}

/** Rounded to that many places, or to tens where they are negative: half away from zero. */
export function roundDecimal(value: Decimal, places: number): Decimal {
  const { coefficient, exponent } = value;
  const scale = Math.max(0, places);
  const dropped = -places - exponent;
  if (dropped <= 0) return Decimal.of(coefficient, exponent, scale);
  return Decimal.of(divideRounding(coefficient, 10n ** BigInt(dropped)), -places, scale);
}

function divideRounding(numerator: bigint, denominator: bigint): bigint {
  const doubled = 2n * (numerator < 0n ? -numerator : numerator);
  const rounded = (doubled + denominator) / (2n * denominator);
  return numerator < 0n ? -rounded : rounded;
}
