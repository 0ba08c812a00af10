import { Option } from '@commander-js/extra-typings';
import { InvalidArgumentError } from 'commander';
import { durationRule, parseDuration, printDuration } from '../../duration.ts';

/** A flag that takes a text, which must not be empty. */
export function text<F extends string>(flags: F, description: string) {
  return new Option(flags, description).argParser((value: string) => {
    if (value.trim()) return value;
    throw new InvalidArgumentError('It must not be empty.');
  });
}

/** A flag that takes names separated by commas. */
export function list<F extends string>(flags: F, description: string) {
  return new Option(flags, description).argParser((value: string): readonly string[] => {
    const names = value.split(',').map((name) => name.trim());
    if (names.every((name) => name)) return names;
    throw new InvalidArgumentError('It must be names separated by commas.');
  });
}

/** A flag that takes paths, separated by commas or each by itself. */
export function paths<F extends string>(flags: F, description: string) {
  return new Option(flags, description).argParser((value: string, others: readonly string[] = []) => {
    const added = value.split(',').map((path) => path.trim());
    if (added.every((path) => path)) return [...others, ...added];
    throw new InvalidArgumentError('It must be paths, separated by commas or each by itself.');
  });
}

/** A flag that takes a whole number. */
export function number<F extends string>(flags: F, description: string, from: number, to: number) {
  return acceptedNumber(
    flags,
    description,
    `a whole number from ${from} to ${to}`,
    (value) => value >= from && value <= to,
  );
}

/** A flag that takes a whole number. `rule` says which, worded to follow `must be`. */
export function acceptedNumber<F extends string>(
  flags: F,
  description: string,
  rule: string,
  accepts: (value: number) => boolean,
) {
  return new Option(flags, description).argParser((value: string) => {
    const parsed = Number(value);
    if (/^\d+$/.test(value) && accepts(parsed)) return parsed;
    throw new InvalidArgumentError(`It must be ${rule}.`);
  });
}

/** A flag that takes a whole number, or `auto` for a number that suits the machine. */
export function numberOrAuto<F extends string>(
  flags: F,
  description: string,
  to: number,
  auto: () => number,
) {
  return new Option(flags, description).argParser((value: string) => {
    const parsed = value === 'auto' ? Math.min(to, auto()) : Number(value);
    if (/^(\d+|auto)$/.test(value) && parsed >= 1 && parsed <= to) return parsed;
    throw new InvalidArgumentError(`It must be auto or a whole number from 1 to ${to}.`);
  });
}

/** A flag that takes a duration; its value is milliseconds. */
export function duration<F extends string>(flags: F, description: string, leastMs = 0) {
  return new Option(flags, description).argParser((value: string) => {
    const ms = parseDuration(value);
    if (ms !== undefined && ms >= leastMs) return ms;
    const least = leastMs > 0 ? `, at least ${printDuration(leastMs)}` : '';
    throw new InvalidArgumentError(`It must be ${durationRule}${least}.`);
  });
}

/** A flag that takes one of several words. */
export function choice<F extends string, const C extends readonly string[]>(
  flags: F,
  description: string,
  choices: C,
) {
  return new Option(flags, description).choices(choices);
}

/** A flag that needs no value, or takes `on` or `off`, as in variables and config files. */
export function onOff<F extends string>(flags: F, description: string) {
  return new Option(flags, description).preset('on').argParser((value: string) => {
    if (value === 'on' || value === 'off') return value === 'on';
    throw new InvalidArgumentError('It must be on or off.');
  });
}

/** The flags of a command, each under the name of its value. */
export type Flags = Readonly<Record<string, AnyFlag>>;

/** A flag, whatever it takes. */
export type AnyFlag = Option<string, unknown, unknown, unknown, boolean, unknown>;

/** The same flags, which the help lists under a heading. */
export function grouped<F extends Flags>(heading: string, flags: F): F {
  for (const flag of Object.values(flags)) flag.helpGroup(heading);
  return flags;
}

/** The values of flags, as their declarations have them. */
export type FlagValues<F extends Flags> = { readonly [Name in keyof F]: FlagValue<F[Name]> };

type FlagValue<F> =
  F extends Option<string, infer _P, infer Default, infer Coerced, boolean, infer Choice>
    ? ([Choice] extends [undefined] ? Coerced : Choice) | Default
    : never;
