import { toDays } from '../calendar.ts';
import { dayMicros, readDateTime } from '../date-time-text.ts';
import { trimSpace } from '../number/number-text.ts';
import { dayWords, firstDay, writeDate, writeEra } from './date-type.ts';
import { writeTime } from './time-type.ts';
import type { ValueType } from './value-type.ts';

/** `timestamp`, which ignores a zone. Values are microseconds since 1970-01-01T00:00:00. */
export const timestampType: ValueType<bigint> = instantType(() => 0, '');

/** `timestamptz`, shown in UTC. Values are microseconds since 1970-01-01T00:00:00Z. */
export const timestamptzType: ValueType<bigint> = instantType((offset) => offset, '+00:00');

/** The values of `infinity` and `-infinity`, beyond all others. */
const endOfTime = 10n ** 20n;
const beginningOfTime = -endOfTime;

const dayLength = BigInt(dayMicros);
const firstInstant = BigInt(firstDay) * dayLength;
/** The first instant after the range of Postgres' timestamps. */
const lastInstant = BigInt(toDays({ year: 294_277, month: 1, day: 1 })) * dayLength;

/**
 * @param toOffset the seconds by which the zone of a text shifts the value
 * @param zone written after the time
 */
function instantType(toOffset: (offset: number) => number, zone: string): ValueType<bigint> {
  const write = (micros: bigint): string => {
    if (micros === endOfTime) return 'infinity';
    if (micros === beginningOfTime) return '-infinity';
    const days = Number((micros - floorModulo(micros)) / dayLength);
    return `${writeDate(days)}T${writeTime(Number(floorModulo(micros)))}${zone}${writeEra(days)}`;
  };
  return {
    parse(text) {
      const known = dayWords.get(trimSpace(text).toLowerCase());
      if (known !== undefined) return known === 0 ? 0n : known > 0 ? endOfTime : beginningOfTime;
      const { date, time = 0, offset = 0 } = readDateTime(text) ?? {};
      if (!date) return undefined;
      const micros = BigInt(toDays(date)) * dayLength + BigInt(time - toOffset(offset) * 1_000_000);
      return micros >= firstInstant && micros < lastInstant ? micros : undefined;
    },
    compare: (a, b) => (a < b ? -1 : Number(a > b)),
    sortKey: Number,
    print: write,
    jsonb: (micros) => `"${write(micros)}"`,
  };
}

/** Microseconds since midnight. */
function floorModulo(micros: bigint): bigint {
  return ((micros % dayLength) + dayLength) % dayLength;
}
