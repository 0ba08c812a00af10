import { ConfigurationError } from '../errors.ts';
import { cognitoSettings } from './cognito/settings.ts';
import { sqlSettings } from './sql/settings.ts';

/** The settings of all kinds of source. */
export const sourceSettings = { ...cognitoSettings, ...sqlSettings };

/** The value of each setting. */
export type SourceSettings = Readonly<Record<keyof typeof sourceSettings, number>>;

/**
 * The settings with their defaults.
 *
 * @throws ConfigurationError if one is invalid
 */
export function resolveSourceSettings(
  given: {
    readonly [Name in keyof SourceSettings]?: number | undefined;
  },
): SourceSettings {
  const setting = (name: keyof SourceSettings): number => {
    const { flag, default: fallback, rule, accepts } = sourceSettings[name];
    const value = given[name] ?? fallback;
    if (!accepts(value)) throw new ConfigurationError(`${flag} must be ${rule}, but got ${value}`);
    return value;
  };
  return {
    parallelScan: setting('parallelScan'),
    requestsPerSecond: setting('requestsPerSecond'),
    scanConnections: setting('scanConnections'),
  };
}

/** The kinds of foreign tables that can be chosen: every one, user pools alone, or those that Postgres reads. */
export const sourceChoices = ['all', 'cognito', 'sql'] as const;

/** Which kinds of foreign tables are exposed. */
export type SourceChoice = (typeof sourceChoices)[number];
