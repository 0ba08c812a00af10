import { readDateTime } from '../date-time-text.ts';
import type { ValueType } from './value-type.ts';

/** `time`: microseconds since midnight, up to 24:00. */
export const timeType: ValueType<number> = {
  parse(text) {
    const { date, time, offset } = readDateTime(text) ?? {};
    // Whether Postgres accepts a date before the time depends on how it is written.
    return date && (offset !== undefined || !plainDate.test(text)) ? undefined : time;
  },
  compare: (a, b) => a - b,
  sortKey: (micros) => micros,
  print: writeTime,
  jsonb: (micros) => `"${writeTime(micros)}"`,
};

const plainDate = /^\s*\d{4}-\d\d-\d\d /;

/** The time in ISO 8601, with as many digits of the fraction as needed. */
export function writeTime(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  const fraction = micros % 1_000_000;
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  return fraction === 0 ? clock : `${clock}.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
}
