import { type CivilDate, toDays } from './calendar.ts';

/**
 * A zone's offset from UTC at a local time in seconds, positive to the east. The zone is one of Postgres' default
 * abbreviations or a name of the IANA database, in any case. Undefined if it is not known, or not at that time.
 *
 * @param micros since midnight
 */
export function zoneOffset(zone: string, date: CivilDate | undefined, micros: number): number | undefined {
  const known = abbreviations.get(zone.toLowerCase());
  if (known !== undefined) return known * 3600;
  if (!zone.includes('/') || !date || date.year < firstYear || date.year > lastYear) return undefined;
  const clock = clockOf(zone);
  return clock && localOffset(clock, toDays(date) * dayMs + Math.floor(micros / 1000));
}

/** Whether a zone of this name has an offset, at some time at least. */
export function isZoneName(zone: string): boolean {
  return abbreviations.has(zone.toLowerCase()) || (zone.includes('/') && clockOf(zone) !== undefined);
}

/** Hours ahead of UTC of the abbreviations with a fixed meaning: Postgres' file `timezonesets/Default`. */
const abbreviations: ReadonlyMap<string, number> = new Map([
  ...(['z', 'utc', 'uct', 'ut', 'gmt', 'zulu', 'wet'] as const).map((zone) => [zone, 0] as const),
  ...([
    ['nst', -3.5],
    ['ndt', -2.5],
    ['ast', -4],
    ['adt', -3],
    ['est', -5],
    ['edt', -4],
  ] as const),
  ...([
    ['cst', -6],
    ['cdt', -5],
    ['mst', -7],
    ['mdt', -6],
    ['pst', -8],
    ['pdt', -7],
  ] as const),
  ...([
    ['akst', -9],
    ['akdt', -8],
    ['hst', -10],
    ['bst', 1],
    ['wat', 1],
    ['met', 1],
    ['mest', 2],
  ] as const),
  ...([
    ['cet', 1],
    ['cest', 2],
    ['mez', 1],
    ['mesz', 2],
    ['eet', 2],
    ['eest', 3],
    ['sast', 2],
  ] as const),
  ...([
    ['ist', 2],
    ['idt', 3],
    ['eat', 3],
    ['pkt', 5],
    ['ict', 7],
    ['hkt', 8],
    ['pht', 8],
  ] as const),
  ...([
    ['jst', 9],
    ['kst', 9],
    ['awst', 8],
    ['acst', 9.5],
    ['acdt', 10.5],
    ['aest', 10],
  ] as const),
  ...([
    ['aedt', 11],
    ['nzst', 12],
    ['nzdt', 13],
  ] as const),
]);

/** The years in which JavaScript's zone database agrees with that of Postgres. */
const firstYear = 1970;
const lastYear = 9999;

const dayMs = 86_400_000;

/** The local time of a zone as if it were UTC, for an instant, both in milliseconds since 1970. */
type Clock = (time: number) => number;

/** By name; there are some six hundred. */
const clocks = new Map<string, Clock>();

function clockOf(zone: string): Clock | undefined {
  const name = zone.toLowerCase();
  const known = clocks.get(name);
  if (known) return known;
  const format = formatOf(name);
  if (!format) return undefined;
  const clock: Clock = (time) => {
    const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    return Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
  };
  clocks.set(name, clock);
  return clock;
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * The offset at a local time. If clocks are set back and show it twice, the later one counts; if they are set forward and
 * skip it, the offset before the change counts, as in Postgres' DetermineTimeZoneOffset().
 */
function localOffset(clock: Clock, local: number): number {
  const seconds = Math.floor(local / 1000) * 1000;
  const offsetAt = (time: number) => clock(time) - time;
  const before = offsetAt(seconds - dayMs);
  const after = offsetAt(seconds + dayMs);
  const isAfter = offsetAt(seconds - after) === after;
  return (isAfter ? after : before) / 1000;
}
