import { fromDays, toDays } from '../calendar.ts';
import { readDateTime } from '../date-time-text.ts';
import { trimSpace } from '../number/number-text.ts';
import type { ValueType } from './value-type.ts';

/** `date`: days since 1970-01-01, or ±Infinity. */
export const dateType: ValueType<number> = {
  parse(text) {
    const known = dayWords.get(trimSpace(text).toLowerCase());
    if (known !== undefined) return known;
    const date = readDateTime(text)?.date;
    if (!date) return undefined;
    const days = toDays(date);
    return days >= firstDay && days <= lastDay ? days : undefined;
  },
  compare: (a, b) => (a < b ? -1 : Number(a > b)),
  sortKey: (days) => days,
  print: writeDays,
  jsonb: (days) => `"${writeDays(days)}"`,
};

/** The words that stand for a day, in days since 1970-01-01. */
export const dayWords: ReadonlyMap<string, number> = new Map([
  ['epoch', 0],
  ['infinity', Number.POSITIVE_INFINITY],
  ['+infinity', Number.POSITIVE_INFINITY],
  ['-infinity', Number.NEGATIVE_INFINITY],
]);

/** The first day of Postgres' dates and timestamps, in days since 1970-01-01. */
export const firstDay = toDays({ year: -4713, month: 11, day: 24 });
const lastDay = toDays({ year: 5_874_897, month: 12, day: 31 });

/** The date in ISO 8601 without its era, which is written after everything else. */
export function writeDate(days: number): string {
  const { year, month, day } = fromDays(days);
  return `${pad(year > 0 ? year : 1 - year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

/** ` BC` for years before 1. */
export function writeEra(days: number): string {
  return fromDays(days).year > 0 ? '' : ' BC';
}

function writeDays(days: number): string {
  if (!Number.isFinite(days)) return days > 0 ? 'infinity' : '-infinity';
  return writeDate(days) + writeEra(days);
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
