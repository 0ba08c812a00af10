/** A day of the proleptic Gregorian calendar. */
export interface CivilDate {
  /** Astronomical year numbering: 0 is 1 BC, -1 is 2 BC. */
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
}

const daysPer400Years = 146_097;
const daysPer100Years = 36_524;
const daysPer4Years = 1461;

/** Days before each month of a year that begins in March, so that a leap day is the year's last. */
const daysBeforeMonth = [0, 31, 61, 92, 122, 153, 184, 214, 245, 275, 306, 337] as const;

/** Days from 0000-03-01 to 1970-01-01. */
const daysToEpoch = 719_468;

/** Days since 1970-01-01. */
export function toDays({ year, month, day }: CivilDate): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return 365 * marchYear + leapDays + (daysBeforeMonth[(month + 9) % 12] ?? 0) + day - 1 - daysToEpoch;
}

/** The date of a number of days since 1970-01-01. */
export function fromDays(days: number): CivilDate {
  const sinceMarch0 = days + daysToEpoch;
  const eras = Math.floor(sinceMarch0 / daysPer400Years);
  let rest = sinceMarch0 - eras * daysPer400Years;
  // The last day of an era, and of four years, is a leap day, which belongs to the year it ends.
  const centuries = Math.min(3, Math.floor(rest / daysPer100Years));
  rest -= centuries * daysPer100Years;
  const olympiads = Math.floor(rest / daysPer4Years);
  rest -= olympiads * daysPer4Years;
  const years = Math.min(3, Math.floor(rest / 365));
  rest -= years * 365;
  const monthFromMarch = daysBeforeMonth.findLastIndex((before) => before <= rest);
  const month = ((monthFromMarch + 2) % 12) + 1;
  const marchYear = 400 * eras + 100 * centuries + 4 * olympiads + years;
  return {
    year: month <= 2 ? marchYear + 1 : marchYear,
    month,
    day: rest - (daysBeforeMonth[monthFromMarch] ?? 0) + 1,
  };
}

/** The number of days in the month. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
