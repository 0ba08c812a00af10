import type { limitSettings } from '../limits/limits.ts';
import type { SourceSettings } from '../source/settings.ts';
import type {
  DemoFlags,
  DoctorFlags,
  InspectFlags,
  ScanFlags,
  SdlFlags,
  ServeFlags,
  ShareFlags,
} from './flags.ts';

type CamelCase<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<CamelCase<Rest>>}`
  : Name;
type LimitFlag = (typeof limitSettings)[keyof typeof limitSettings]['flag'];
type LimitName = LimitFlag extends `--${infer Name}` ? CamelCase<Name> : never;

type AllFlags = ServeFlags & DemoFlags & SdlFlags & InspectFlags & ShareFlags & DoctorFlags & ScanFlags;

/** A number that is a duration may be written with its unit, as in `30s`; a plain one counts seconds. */
type Written<Value> = Value extends number ? number | string : Value;

/**
 * What a config file holds: any of the flags of any command, each by its name in camelCase. The command line and the
 * environment win over it.
 */
export type Config = { readonly [Name in keyof AllFlags]?: Written<AllFlags[Name]> } & {
  readonly [Name in LimitName | keyof SourceSettings]?: number | string;
};

/** The config as it is; an editor checks and completes what is written in its argument. */
export function defineConfig(config: Config): Config {
  return config;
}
