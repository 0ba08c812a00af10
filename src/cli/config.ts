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
} from './flags/flags.ts';

type CamelCase<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<CamelCase<Rest>>}`
  : Name;
type LimitFlag = (typeof limitSettings)[keyof typeof limitSettings]['flag'];
type LimitName = LimitFlag extends `--${infer Name}` ? CamelCase<Name> : never;

type AllFlags = ServeFlags & DemoFlags & SdlFlags & InspectFlags & ShareFlags & DoctorFlags & ScanFlags;

/** A duration can be written with a unit, as in `30s`; a plain number means seconds. */
type Written<Value> = Value extends number ? number | string : Value;

/**
 * The content of a config file: any flag of any command, by its name in camelCase. The command line and the environment take
 * precedence over it.
 */
export type Config = { readonly [Name in keyof AllFlags]?: Written<AllFlags[Name]> } & {
  readonly [Name in LimitName | keyof SourceSettings]?: number | string;
};

/** Returns the config as it is, so that editors can check and complete it. */
export function defineConfig(config: Config): Config {
  return config;
}
