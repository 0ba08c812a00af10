import { availableParallelism } from 'node:os';
import { sourceChoices } from '../../source/settings.ts';
import {
  type AnyFlag,
  choice,
  type FlagValues,
  grouped,
  list,
  number,
  numberOrAuto,
  onOff,
  paths,
  text,
} from './flag.ts';
import {
  federation,
  serverGroup,
  servingFlags,
  shareLogged,
  sharingFlags,
  snapshotFlags,
} from './serving-flags.ts';
import { limitFlags, sourceFlags } from './setting-flags.ts';

const config = text('--config <file>', 'read flags from this file: JSON, or a module that exports them');

const catalogFlags = {
  config,
  ...grouped('Catalog:', {
    databaseUrl: text('--database-url <url>', 'the Postgres whose catalog defines the foreign tables'),
    databaseUrlFile: text('--database-url-file <file>', 'a file that contains the URL of the database'),
    catalog: paths(
      '--catalog <paths...>',
      'SQL files that define the foreign tables, or folders of them, for an embedded Postgres',
    ),
    schemas: list(
      '--schemas <names>',
      'the schemas to expose, separated by commas (default: all with foreign tables)',
    ),
    sources: choice('--sources <kind>', 'which kind of foreign tables to expose', sourceChoices).default(
      'all',
    ),
  }),
};

const json = onOff('--json [on|off]', 'print JSON').default(false, 'off');

/** The flags of `serve`, in addition to `sourceFlags` and `limitFlags`. */
export const serveFlags = {
  ...catalogFlags,
  ...grouped(serverGroup, {
    workers: numberOrAuto(
      '--workers <number>',
      'how many processes serve the port, sharing their scans; auto means one per processor',
      256,
      availableParallelism,
    ).default(1),
  }),
  ...servingFlags({ warm: false, logFormat: 'json' }),
};

/** The flags of `demo`, in addition to `sourceFlags` and `limitFlags`. */
export const demoFlags = {
  config,
  ...grouped('Demo:', {
    users: number('--users <number>', 'how many users the emulated pool has', 0, 5_000_000).default(5000),
    auth: onOff('--auth [on|off]', 'have roles that see different rows, and print a token for each').default(
      false,
      'off',
    ),
  }),
  ...servingFlags({ warm: true, logFormat: 'pretty' }),
};

/** The flags of `sdl`. */
export const sdlFlags = {
  ...catalogFlags,
  role: text('--role <name>', "whose schema to print (default: the login's)"),
  federation,
};

/** The flags of `inspect`. */
export const inspectFlags = {
  ...catalogFlags,
  federation,
  json,
  strict: onOff('--strict [on|off]', 'exit with 1 if there are problems').default(false, 'off'),
};

/** The flags of `doctor`, in addition to `sourceFlags`. */
export const doctorFlags = { ...catalogFlags, ...snapshotFlags, ...sharingFlags, json };

/** The flags of `scan`, in addition to `sourceFlags`. */
export const scanFlags = { ...catalogFlags, json };

/** The flags of `share`. */
export const shareFlags = {
  config,
  sql: onOff('--sql [on|off]', 'print the SQL for an owner of the database to run').default(false, 'off'),
  role: text('--role <name>', "the gateways' login").default('fdw_graphql'),
  shareLogged,
};

/** The values of flags; durations in milliseconds. */
export type CatalogFlags = FlagValues<typeof catalogFlags>;
export type ServeFlags = FlagValues<typeof serveFlags>;
export type DemoFlags = FlagValues<typeof demoFlags>;
export type SdlFlags = FlagValues<typeof sdlFlags>;
export type InspectFlags = FlagValues<typeof inspectFlags>;
export type ShareFlags = FlagValues<typeof shareFlags>;
export type DoctorFlags = FlagValues<typeof doctorFlags>;
export type ScanFlags = FlagValues<typeof scanFlags>;

/** All flags of each command. */
export const flagsOf = {
  serve: [...Object.values(serveFlags), ...sourceFlags, ...limitFlags],
  demo: [...Object.values(demoFlags), ...sourceFlags, ...limitFlags],
  sdl: Object.values(sdlFlags),
  inspect: Object.values(inspectFlags),
  share: Object.values(shareFlags),
  doctor: [...Object.values(doctorFlags), ...sourceFlags],
  scan: [...Object.values(scanFlags), ...sourceFlags],
} satisfies Readonly<Record<string, readonly AnyFlag[]>>;
