const millisPerDay = 86_400_000;
/** Milliseconds since 1970 of the first and the last instant whose year has four digits and no era. */
const firstInstant = -62_135_596_800_000;
const lastInstant = 253_402_300_799_999;

/** The most bytes that `writeInstant` writes: `2024-02-29T12:00:00.123`. */
export const longestInstant = 23;

/**
 * Writes an instant as `timestamp` prints it, without allocating a string or a BigInt.
 *
 * @param milliseconds since 1970-01-01T00:00:00
 * @returns the end of what was written, or -1 if the year is not from 1 to 9999, in which case nothing is written
 */
export function writeInstant(target: Uint8Array, at: number, milliseconds: number): number {
  const whole = Math.floor(milliseconds);
  if (!(whole >= firstInstant && whole <= lastInstant)) return -1;
  const days = Math.floor(whole / millisPerDay);
  const time = whole - days * millisPerDay;
  return writeTime(target, writeDate(target, at, days), time);
}

/** Howard Hinnant's algorithm for Gregorian dates: https://howardhinnant.github.io/date_algorithms.html */
function writeDate(target: Uint8Array, at: number, days: number): number {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra =
    ((dayOfEra - ((dayOfEra / 1_460) | 0) + ((dayOfEra / 36_524) | 0) - ((dayOfEra / 146_096) | 0)) / 365) |
    0;
  const dayOfYear = dayOfEra - (365 * yearOfEra + ((yearOfEra / 4) | 0) - ((yearOfEra / 100) | 0));
  const monthFromMarch = ((5 * dayOfYear + 2) / 153) | 0;
  const day = dayOfYear - (((153 * monthFromMarch + 2) / 5) | 0) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const century = (year / 100) | 0;
  writePair(target, at, century);
  writePair(target, at + 2, year - 100 * century);
  target[at + 4] = hyphen;
  writePair(target, at + 5, month);
  target[at + 7] = hyphen;
  writePair(target, at + 8, day);
  target[at + 10] = letterT;
  return at + 11;
}

function writeTime(target: Uint8Array, at: number, time: number): number {
  const seconds = (time / 1_000) | 0;
  const minutes = (seconds / 60) | 0;
  const hours = (minutes / 60) | 0;
  writePair(target, at, hours);
  target[at + 2] = colon;
  writePair(target, at + 3, minutes - 60 * hours);
  target[at + 5] = colon;
  writePair(target, at + 6, seconds - 60 * minutes);
  return writeFraction(target, at + 8, time - 1_000 * seconds);
}

/** Writes the fraction without trailing zeros, as Postgres does. */
function writeFraction(target: Uint8Array, at: number, millis: number): number {
  if (millis === 0) return at;
  const tenths = (millis / 100) | 0;
  const hundredths = ((millis / 10) | 0) - 10 * tenths;
  const thousandths = millis - 100 * tenths - 10 * hundredths;
  target[at] = dot;
  target[at + 1] = zero + tenths;
  if (hundredths === 0 && thousandths === 0) return at + 2;
  target[at + 2] = zero + hundredths;
  if (thousandths === 0) return at + 3;
  target[at + 3] = zero + thousandths;
  return at + 4;
}

/** @param value below 100 */
function writePair(target: Uint8Array, at: number, value: number): void {
  const tens = (value / 10) | 0;
  target[at] = zero + tens;
  target[at + 1] = zero + value - 10 * tens;
}

const zero = 0x30;
const hyphen = 0x2d;
const colon = 0x3a;
const dot = 0x2e;
const letterT = 0x54;
