import { availableParallelism } from 'node:os';
import { printDuration } from '../duration.ts';
import { type LimitSetting, type Limits, limitSettings, noCachePolicies } from '../limits/limits.ts';
import type { SourceSetting } from '../source/kind.ts';
import { type SourceSettings, sourceChoices, sourceSettings } from '../source/settings.ts';
import {
  type AnyFlag,
  acceptedNumber,
  choice,
  duration,
  type FlagValues,
  list,
  number,
  numberOrAuto,
  onOff,
  paths,
  text,
} from './flag.ts';
import { logFormats, logLevels } from './log-sink.ts';

const configFlags = {
  config: text('--config <file>', 'read flags from this file: JSON, or a module that exports them'),
};

const catalogFlags = {
  ...configFlags,
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
  sources: choice('--sources <kind>', 'which kind of foreign tables to expose', sourceChoices).default('all'),
};

const federation = () =>
  onOff('--federation [on|off]', 'be a subgraph of Apollo Federation 2').default(false, 'off');
const json = () => onOff('--json [on|off]', 'print JSON').default(false, 'off');
const shareLogged = () =>
  onOff(
    '--share-logged [on|off]',
    'create logged tables for shared scans, for standbys of the database',
  ).default(false, 'off');
const share = () =>
  onOff('--share [on|off]', 'share scans with all gateways on the catalog, through its Postgres').default(
    false,
    'off',
  );
const sharePoll = () =>
  duration('--share-poll <duration>', 'how often to check for scans of other gateways', 100).default(
    2_000,
    '2s',
  );
const warm = () => onOff('--warm [on|off]', 'scan at start instead of on the first request');
const logFormat = () => choice('--log-format <format>', 'the form of the log', logFormats);

const snapshotFlags = {
  snapshotDir: text('--snapshot-dir <folder>', 'a folder in which snapshots survive a restart'),
  snapshotKey: text(
    '--snapshot-key <key>',
    'encrypt snapshots: 32 bytes in hexadecimal or base64, or a passphrase',
  ),
  snapshotKeyFile: text('--snapshot-key-file <file>', 'a file that contains the key'),
};

/** The flags of both `serve` and `demo`. */
const servingFlags = {
  host: text('--host <address>', 'the address to listen on').default('127.0.0.1'),
  port: number('--port <number>', 'the port to listen on; 0 picks a free one', 0, 65_535).default(4000),
  maxAge: duration('--max-age <duration>', 'how long a snapshot is fresh').default(60_000, '60s'),
  staleWhileRevalidate: duration(
    '--stale-while-revalidate <duration>',
    'how long a stale snapshot is served while a scan replaces it',
  ).default(600_000, '10m'),
  scanTimeout: duration('--scan-timeout <duration>', 'how long a query waits for a scan').default(
    30_000,
    '30s',
  ),
  minRefresh: duration(
    '--min-refresh <duration>',
    'the minimum time between two scans that no-cache requests force',
  ).default(5_000, '5s'),
  maxSnapshotBytes: number(
    '--max-snapshot-bytes <number>',
    'the size of the largest snapshot: the scan of a larger table fails (default: a quarter of the memory)',
    1,
    Number.MAX_SAFE_INTEGER,
  ),
  allowNoCache: choice(
    '--allow-no-cache <who>',
    'who may force a scan by Cache-Control: no-cache (default: authenticated if tokens are verified, else all)',
    noCachePolicies,
  ),
  reloadInterval: duration(
    '--reload-interval <duration>',
    'how often the catalog is checked for changes; 0 means only on request',
  ).default(5_000, '5s'),
  refresh: duration('--refresh <duration>', 'scan at this interval, without any request (default: never)'),
  ...snapshotFlags,
  share: share(),
  lease: duration('--lease <duration>', 'how long a silent gateway keeps its lease on a scan', 1_000).default(
    15_000,
    '15s',
  ),
  sharePoll: sharePoll(),
  shareLogged: shareLogged(),
  cursorKey: text(
    '--cursor-key <secret>',
    'the secret that seals cursors of tables without a readable key, the same on all gateways',
  ),
  federation: federation(),
  jwtSecret: text('--jwt-secret <secret>', 'verify bearer tokens with this shared secret (HS256)'),
  jwtSecretFile: text('--jwt-secret-file <file>', 'a file that contains the shared secret'),
  jwksUrl: text('--jwks-url <url>', 'verify bearer tokens with the keys at this URL'),
  jwtAudience: text('--jwt-audience <audience>', 'what a token must be for'),
  jwtIssuer: text('--jwt-issuer <issuer>', 'the required issuer of tokens'),
  jwtRoleClaim: text('--jwt-role-claim <path>', 'the claim that names the Postgres role (default: role)'),
  anonRole: text('--anon-role <role>', 'the role of requests without a token'),
  allowUnauthenticated: onOff(
    '--allow-unauthenticated [on|off]',
    'allow access from other machines without tokens',
  ).default(false, 'off'),
  corsOrigin: list(
    '--cors-origin <origins>',
    'the origins whose pages may use the gateway, separated by commas',
  ),
  persistedOperations: text(
    '--persisted-operations <file>',
    'only execute the documents in this file, by their ids',
  ),
  allowArbitraryOperations: onOff(
    '--allow-arbitrary-operations [on|off]',
    'also execute other documents',
  ).default(false, 'off'),
  automaticPersistedQueries: onOff(
    '--automatic-persisted-queries [on|off]',
    'execute documents that were sent once by their hash from then on',
  ).default(true, 'on'),
  strictNulls: onOff(
    '--strict-nulls [on|off]',
    'let the null of a failing non-null field propagate to its parent, instead of only nulling the field',
  ).default(false, 'off'),
  introspection: onOff(
    '--introspection [on|off]',
    'whether clients may introspect the schema, and browsers get GraphiQL',
  ),
  shutdownGrace: duration(
    '--shutdown-grace <duration>',
    'how long requests in flight may take after a signal to stop',
  ).default(10_000, '10s'),
  explain: onOff('--explain [on|off]', 'describe in every answer the scans that it is based on').default(
    false,
    'off',
  ),
  adminPort: number(
    '--admin-port <number>',
    'the port for health, metrics and status (default: none)',
    0,
    65_535,
  ),
  adminHost: text('--admin-host <address>', 'the address of the admin port').default('127.0.0.1'),
  adminRoles: list(
    '--admin-roles <names>',
    'the roles that may see /status on the main port, separated by commas',
  ),
  logLevel: choice('--log-level <level>', 'how much to log', logLevels).default('info'),
  slowQueryMs: number(
    '--slow-query-ms <milliseconds>',
    'log requests that take at least this long at warn (default: none)',
    1,
    2 ** 31 - 1,
  ),
};

/** The flags of `serve`, in addition to `sourceFlags` and `limitFlags`. */
export const serveFlags = {
  ...catalogFlags,
  workers: numberOrAuto(
    '--workers <number>',
    'how many processes serve the port, sharing their scans; auto means one per processor',
    256,
    availableParallelism,
  ).default(1),
  ...servingFlags,
  warm: warm().default(false, 'off'),
  logFormat: logFormat().default('json'),
};

/** The flags of `demo`, in addition to `sourceFlags` and `limitFlags`. */
export const demoFlags = {
  ...configFlags,
  users: number('--users <number>', 'how many users the emulated pool has', 0, 5_000_000).default(5000),
  auth: onOff('--auth [on|off]', 'have roles that see different rows, and print a token for each').default(
    false,
    'off',
  ),
  ...servingFlags,
  warm: warm().default(true, 'on'),
  logFormat: logFormat().default('pretty'),
};

export const sdlFlags = {
  ...catalogFlags,
  role: text('--role <name>', "whose schema to print (default: the login's)"),
  federation: federation(),
};

export const inspectFlags = {
  ...catalogFlags,
  federation: federation(),
  json: json(),
  strict: onOff('--strict [on|off]', 'exit with 1 if there are problems').default(false, 'off'),
};

/** The flags of `doctor`, in addition to `sourceFlags`. */
export const doctorFlags = {
  ...catalogFlags,
  ...snapshotFlags,
  share: share(),
  sharePoll: sharePoll(),
  shareLogged: shareLogged(),
  json: json(),
};

/** The flags of `scan`, in addition to `sourceFlags`. */
export const scanFlags = { ...catalogFlags, json: json() };

export const shareFlags = {
  ...configFlags,
  sql: onOff('--sql [on|off]', 'print the SQL for an owner of the database to run').default(false, 'off'),
  role: text('--role <name>', "the gateways' login").default('fdw_graphql'),
  shareLogged: shareLogged(),
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

/** A flag for each setting of the sources. */
const sourceFlags: readonly AnyFlag[] = Object.values(sourceSettings).map(sourceFlag);

/** A flag for each limit. */
const limitFlags: readonly AnyFlag[] = Object.values(limitSettings).map(limitFlag);

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
  return acceptedNumber(`${flag} <${argument}>`, description, rule, accepts).default(value);
}

function limitFlag({ flag, noun, isDuration, default: value }: LimitSetting): AnyFlag {
  return isDuration
    ? duration(`${flag} <duration>`, `the maximum ${noun}`, 1).default(value, printDuration(value))
    : number(`${flag} <number>`, `the maximum number of ${noun}`, 1, 2 ** 31 - 1).default(value);
}
