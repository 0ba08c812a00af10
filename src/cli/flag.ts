import { InvalidArgumentError, Option } from 'commander';

/** A flag that takes any text but none. */
export function text(flags: string, description: string): Option {
  return withEnvironment(new Option(flags, description)).argParser((value: string) => {
    if (value.trim()) return value;
    throw new InvalidArgumentError('It must not be empty.');
  });
}

/** A flag that takes names separated by commas. */
export function list(flags: string, description: string): Option {
  return withEnvironment(new Option(flags, description)).argParser((value: string) => {
    const names = value.split(',').map((name) => name.trim());
    if (names.every((name) => name)) return names;
    throw new InvalidArgumentError('It must be names separated by commas.');
  });
}

/** A flag that takes paths, separated by commas or each by itself. */
export function paths(flags: string, description: string): Option {
  return withEnvironment(new Option(flags, description)).argParser<string[]>((value, others = []) => {
    const added = value.split(',').map((path) => path.trim());
    if (added.every((path) => path)) return [...others, ...added];
    throw new InvalidArgumentError('It must be paths, separated by commas or each by itself.');
  });
}

/** A flag that takes a whole number. */
export function number(flags: string, description: string, from: number, to: number): Option {
  return withEnvironment(new Option(flags, description)).argParser((value: string) => {
    const parsed = Number(value);
    if (/^\d+$/.test(value) && parsed >= from && parsed <= to) return parsed;
    throw new InvalidArgumentError(`It must be a whole number from ${from} to ${to}.`);
  });
}

/** A flag that takes a whole number of which a rule says more. */
export function accepted(
  flags: string,
  description: string,
  rule: string,
  accepts: (value: number) => boolean,
): Option {
  return withEnvironment(new Option(flags, description)).argParser((value: string) => {
    const parsed = Number(value);
    if (/^\d+$/.test(value) && accepts(parsed)) return parsed;
    throw new InvalidArgumentError(`It must be ${rule}.`);
  });
}

/** Timers in Node count milliseconds in 31 bits: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const longestSeconds = 2_147_483;

/** A flag that takes a time in seconds; its value is milliseconds. */
export function seconds(flags: string, description: string): Option {
  return withEnvironment(new Option(flags, description)).argParser((value: string) => {
    const parsed = Number(value);
    if (/^\d+(\.\d+)?$/.test(value) && parsed <= longestSeconds) return parsed * 1000;
    throw new InvalidArgumentError(`It must be a number of seconds from 0 to ${longestSeconds}.`);
  });
}

/** A flag that takes one of some words. */
export function choice(flags: string, description: string, choices: readonly string[]): Option {
  return withEnvironment(new Option(flags, description)).choices(choices);
}

/** A flag that stands alone, or takes `on` or `off`, as its environment variable does. */
export function onOff(flags: string, description: string): Option {
  return withEnvironment(new Option(flags, description))
    .preset('on')
    .argParser((value: string) => {
      if (value === 'on' || value === 'off') return value === 'on';
      throw new InvalidArgumentError('It must be on or off.');
    });
}

/** The environment variable of a flag is its name in upper case. */
function withEnvironment(option: Option): Option {
  return option.env(option.name().replaceAll('-', '_').toUpperCase());
}
