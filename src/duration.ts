import { longestTimeoutMs } from './clock.ts';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** The notation of durations, worded to follow `must be`. */
export const durationRule = 'a duration such as 500ms, 30s, 10m or 2h, or a number of seconds';

/** Parses a duration such as `500ms`, `30s`, `10m`, `2h` or plain seconds to milliseconds; undefined if it is not one. */
export function parseDuration(text: string): number | undefined {
  const [, digits, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const ms = Math.round(Number(digits) * (units[unit] ?? Number.NaN));
  return ms <= longestTimeoutMs ? ms : undefined;
}

/** A duration as people write it. */
export function printDuration(ms: number): string {
  const unit = ['h', 'm', 's'].find((name) => ms > 0 && ms % (units[name] ?? 1) === 0) ?? 'ms';
  return `${ms / (units[unit] ?? 1)}${unit}`;
}
