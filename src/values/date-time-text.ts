import { type CivilDate, daysInMonth, fromDays, toDays } from './calendar.ts';
import { trimSpace } from './number/number-text.ts';
import { isZoneName, zoneOffset } from './time-zone.ts';

/** The date, time of day and zone in a text. */
export interface DateTimeText {
  readonly date: CivilDate | undefined;
  /** Microseconds since midnight; undefined if the text has no time. Up to a day and a second. */
  readonly time: number | undefined;
  /** The zone's offset from UTC in seconds, positive to the east; undefined if the text has no zone. */
  readonly offset: number | undefined;
}

/**
 * Reads dates and times as Postgres does with the DateStyle `ISO, MDY`: ISO 8601, and the common formats that its
 * documentation lists (section 8.5.1), including names of days and zones, but not words such as `today`, whose meaning
 * changes. Undefined for any other text.
 */
export function readDateTime(text: string): DateTimeText | undefined {
  return readUsual(text, readZone) ?? readAny(text, readZone);
}

/**
 * Whether the text is a date and time that `readDateTime` may read. It does not look up the offset of a named zone, which takes
 * some 30 µs, and which not every zone has at any time.
 */
export function isDateTime(text: string): boolean {
  return (readUsual(text, anyOffset) ?? readAny(text, anyOffset))?.date !== undefined;
}

/** A zone's offset from UTC in seconds; undefined if it is not known, or not at that time. */
type OffsetOf = (zone: string, date: CivilDate | undefined, time: number | undefined) => number | undefined;

function anyOffset(zone: string): number | undefined {
  return isZoneName(zone) ? 0 : readZone(zone, undefined, 0);
}

/** The format that programs send, and this one prints, and the same with a named zone. */
const usual =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(?:Z|\+00:00| ?([A-Za-z_]+(?:\/[A-Za-z_+-]+)+))$/;

/**
 * As `readAny`, and several times faster: lists of thousands are read at once. Undefined if the text has another format, or its
 * date and time are not usual.
 */
function readUsual(text: string, offsetOf: OffsetOf): DateTimeText | undefined {
  const parts = usual.exec(text);
  if (!parts) return undefined;
  const date = { year: Number(parts[1]), month: Number(parts[2]), day: Number(parts[3]) };
  const [hour, minute, second] = [Number(parts[4]), Number(parts[5]), Number(parts[6] ?? 0)];
  if (date.year === 0 || date.month < 1 || date.month > 12) return undefined;
  if (date.day < 1 || date.day > daysInMonth(date.year, date.month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const micros = parts[7] === undefined ? 0 : Number(parts[7].padEnd(6, '0'));
  const time = ((hour * 60 + minute) * 60 + second) * 1_000_000 + micros;
  const offset = parts[8] === undefined ? 0 : offsetOf(parts[8], date, time);
  return offset === undefined ? undefined : { date, time, offset };
}

function readAny(text: string, offsetOf: OffsetOf): DateTimeText | undefined {
  const trimmed = trimSpace(text);
  if (trimmed.length > longest) return undefined;
  const parts = dateTime.exec(isDigit.test(trimmed) ? trimmed : inUsualOrder(trimmed))?.groups;
  if (!parts || (parts.t && !beforeT.test(parts.date ?? ''))) return undefined;
  const date = parts.date === undefined ? undefined : readDate(parts.date, parts.era);
  const time = parts.time === undefined ? undefined : readTime(parts.time, parts.half);
  const offset = parts.zone === undefined ? undefined : offsetOf(parts.zone, date, time);
  const isComplete =
    (parts.date === undefined || date) &&
    (parts.time === undefined || time !== undefined) &&
    (parts.zone === undefined || offset !== undefined);
  return isComplete ? { date, time, offset } : undefined;
}

/** The most characters that Postgres reads as a date and time: MAXDATELEN without the terminator. */
const longest = 128;

const month =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?';
const isoDate = String.raw`\d{3,7}-\d{1,2}-\d{1,2}|\d{4,7}-\d{3}|\d{8}|\d{6}`;
const slashedDate = String.raw`\d{3,7}/\d{1,2}/\d{1,2}|\d{1,2}(?<mark>[-/.])\d{1,2}\k<mark>\d{2,5}`;
const namedDate = [
  String.raw`(?:${month}) \d{1,2}(?:, ?| )\d{2,5}`,
  String.raw`(?:${month})-\d{1,2}-\d{2,5}`,
  String.raw`\d{1,2} (?:${month}) \d{2,5}`,
  String.raw`\d{1,2}-(?:${month})-\d{2,5}`,
  String.raw`\d{3,7}-(?:${month})-\d{1,2}`,
].join('|');
const clock = String.raw`\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d*)?)?`;
/** Postgres does not see where a number ends whose point is followed by a name. */
const compactClock = String.raw`\d{6}(?:\.(?:\d+|(?![a-z])))?`;
const zone = String.raw`(?!(?:bc|ad)$)[a-z]{1,5}(?:/[a-z_+-]+)*|[a-z_]+(?:/[a-z_+-]+)+|[+-](?:\d{1,2}(?::\d{2}(?::\d{2})?)?|\d{4})`;
/** White space as defined by C's isspace(). */
const space = String.raw`[ \t\n\v\f\r]`;

const dateTime = new RegExp(
  `^(?:(?<date>${isoDate}|${slashedDate}|${namedDate})(?:${space}+(?=\\d)|(?=t\\d)|(?=${space}|$)))?` +
    `(?:(?:(?<=\\d)(?<t>t)(?=\\d))?(?<time>${clock}|(?<=t)${compactClock})` +
    `(?:${space}*(?<half>am|pm)(?=${space}|$))?(?:${space}*(?<zone>${zone}))?)?` +
    `(?:${space}+(?<era>bc|ad))?$`,
  'i',
);

const dayName =
  'mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?';

/** The name of a weekday before a date with a named month. It is redundant. */
const weekday = new RegExp(`^(?:${dayName})(?:,${space}*|${space}+)(?=(?:\\d{1,2} )?(?:${month}) )`, 'i');

/** The format of C's ctime() and the command `date`: `Feb 29 12:00:00 UTC 2024`. */
const yearLast = new RegExp(
  `^((?:${month})${space}+\\d{1,2})${space}+(${clock})(${space}+(?:${zone}))?${space}+(\\d{4})$`,
  'i',
);

const isDigit = /^\d/;

/** Without a weekday, and with the year before the time: formats that begin with a name may have either. */
function inUsualOrder(text: string): string {
  return text.replace(weekday, '').replace(yearLast, '$1 $4 $2$3');
}

/** The date formats that a `T` may follow. */
const beforeT = new RegExp(`^(?:${isoDate})$`);

function readDate(text: string, era: string | undefined): CivilDate | undefined {
  const isBc = era?.toLowerCase() === 'bc';
  const [year, month, day] = inOrder(dateFields(text), isBc);
  if (year === 0 || month < 1 || month > 12) return undefined;
  const date = { year: isBc ? 1 - year : year, month, day };
  if (/-\d{3}$/.test(text) && text.split('-').length === 2) return dayOfYear(date.year, day);
  return day >= 1 && day <= daysInMonth(date.year, month) ? date : undefined;
}

function dateFields(text: string): readonly string[] {
  if (/^\d{8}$/.test(text)) return [text.slice(0, 4), text.slice(4, 6), text.slice(6)];
  if (/^\d{6}$/.test(text)) return [text.slice(2, 4), text.slice(4), text.slice(0, 2)];
  const [first = '', second = '', ...rest] = text.split(/[-/., ]+/);
  return rest.length === 0 ? [first, '1', second] : [first, second, ...rest];
}

/** The date of an ordinal day, from 1, of a year. */
function dayOfYear(year: number, number: number): CivilDate | undefined {
  const date = fromDays(toDays({ year, month: 1, day: 1 }) + number - 1);
  return number >= 1 && date.year === year ? date : undefined;
}

/** The date of three parts, in whichever order they are written. */
function inOrder(
  fields: readonly string[],
  isBc: boolean,
): readonly [year: number, month: number, day: number] {
  const [first = '', second = '', third = ''] = fields;
  const yearFirst = /^\d{3}/.test(first);
  if (yearFirst) return [Number(first), monthOf(second), Number(third)];
  if (/\d/.test(first) && !/\d/.test(second)) return [fullYear(third, isBc), monthOf(second), Number(first)];
  return [fullYear(third, isBc), monthOf(first), Number(second)];
}

/** Two digits mean a year from 1970 to 2069, unless it is BC. */
function fullYear(digits: string, isBc: boolean): number {
  const year = Number(digits);
  if (digits.length > 2 || isBc) return year;
  return year < 70 ? 2000 + year : 1900 + year;
}

function monthOf(field: string): number {
  return /\d/.test(field) ? Number(field) : monthNames.indexOf(field.slice(0, 3).toLowerCase()) + 1;
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Microseconds per day. */
export const dayMicros = 86_400_000_000;

function readTime(text: string, half: string | undefined): number | undefined {
  const [hourText = '', minuteText = '', secondText = '0'] = text.includes(':')
    ? text.split(':')
    : compactFields(text);
  const [wholeSeconds = '0', fraction = ''] = secondText.split('.');
  const hour = hourOf(Number(hourText), half?.toLowerCase());
  const minute = Number(minuteText);
  const second = Number(wholeSeconds);
  if (hour === undefined || hour > 24 || minute > 59 || second > 60) return undefined;
  const micros = ((hour * 60 + minute) * 60 + second) * 1_000_000 + toMicros(fraction);
  return micros > dayMicros ? undefined : micros;
}

function compactFields(text: string): readonly string[] {
  return [text.slice(0, 2), text.slice(2, 4), text.slice(4)];
}

function hourOf(hour: number, half: string | undefined): number | undefined {
  if (half === undefined) return hour;
  if (hour > 12) return undefined;
  return (hour % 12) + (half === 'pm' ? 12 : 0);
}

/** Microseconds of a fraction of a second, rounded half to even like C's rint(). */
function toMicros(digits: string): number {
  const micros = Number(`0.${digits || '0'}`) * 1_000_000;
  const below = Math.floor(micros);
  if (micros - below !== 0.5) return Math.round(micros);
  return below % 2 === 0 ? below : below + 1;
}

/** A zone's offset from UTC must be below this many hours. */
const zoneHours = 16;

function readZone(text: string, date: CivilDate | undefined, time: number | undefined): number | undefined {
  const match = /^([+-])(\d{1,2}):?(\d{2})?:?(\d{2})?$/.exec(text);
  if (!match) return zoneOffset(text, date, time ?? 0);
  const [hour, minute, second] = [Number(match[2]), Number(match[3] ?? 0), Number(match[4] ?? 0)];
  if (hour >= zoneHours || minute > 59 || second > 59) return undefined;
  const seconds = (hour * 60 + minute) * 60 + second;
  return match[1] === '-' ? -seconds : seconds;
}
