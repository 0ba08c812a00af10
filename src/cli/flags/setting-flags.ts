import { printDuration } from '../../duration.ts';
import { type LimitSetting, type Limits, limitSettings } from '../../limits/limits.ts';
import type { SourceSetting } from '../../source/kind.ts';
import { type SourceSettings, sourceSettings } from '../../source/settings.ts';
import { type AnyFlag, acceptedNumber, duration, number } from './flag.ts';
import { snapshotGroup } from './serving-flags.ts';

/** A flag for each setting of the sources. */
export const sourceFlags: readonly AnyFlag[] = Object.values(sourceSettings).map(sourceFlag);

/** A flag for each limit. */
export const limitFlags: readonly AnyFlag[] = Object.values(limitSettings).map(limitFlag);

/** The values of `sourceFlags`. */
export function sourceSettingsOf(flags: object): Partial<SourceSettings> {
  return valuesOf(flags, sourceSettings, sourceFlag);
}

/** The values of `limitFlags`; times in milliseconds. */
export function limitsOf(flags: object): Partial<Limits> {
  return valuesOf(flags, limitSettings, limitFlag);
}

function valuesOf<S>(
  flags: object,
  settings: Readonly<Record<string, S>>,
  flagOf: (setting: S) => AnyFlag,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, setting]) => [
      name,
      Reflect.get(flags, flagOf(setting).attributeName()),
    ]),
  );
}

function sourceFlag({ flag, argument, description, rule, accepts, default: value }: SourceSetting): AnyFlag {
  return acceptedNumber(`${flag} <${argument}>`, description, rule, accepts)
    .default(value)
    .helpGroup(snapshotGroup);
}

function limitFlag({ flag, limits, isDuration, default: value }: LimitSetting): AnyFlag {
  const created = isDuration
    ? duration(`${flag} <duration>`, `the maximum ${limits}`, 1).default(value, printDuration(value))
    : number(`${flag} <number>`, `the maximum number of ${limits}`, 1, 2 ** 31 - 1).default(value);
  return created.helpGroup('Limits:');
}
