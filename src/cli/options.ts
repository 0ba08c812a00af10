import { Option } from 'commander';
import { type NoCachePolicy, noCachePolicies } from '../http/road.ts';
import { type LimitSetting, type Limits, limitSettings } from '../limits/limits.ts';
import type { SourceSetting } from '../source/kind.ts';
import { type SourceSettings, sourceSettings } from '../source/kinds.ts';
import { accepted, choice, list, number, onOff, paths, seconds, text } from './flag.ts';
import { logFormats, logLevels } from './log-sink.ts';

/** The flags that say where the catalog is and what of it to expose. */
export const catalogOptions = () => [
  text('--database-url <url>', 'the Postgres whose catalog has the foreign tables'),
  paths(
    '--catalog <paths...>',
    'files of SQL that define the foreign tables, or folders of them, for an embedded Postgres',
  ),
  list('--schemas <names>', 'the schemas to expose, separated by commas (default: all with foreign tables)'),
];

/** The flags that say how to scan. */
export const scanOptions = () =>
  Object.values(sourceSettings).map((setting) => sourceOption(setting).default(setting.default));

/**
 * The flags of everything that serves.
 *
 * @param warm whether to scan at start by default
 */
export const serveOptions = ({ warm = false } = {}) => [
  text('--host <address>', 'the address to listen on').default('127.0.0.1'),
  number('--port <number>', 'the port to listen on; 0 picks a free one', 0, 65_535).default(4000),
  seconds('--max-age <seconds>', 'how long a snapshot is fresh').default(60_000, '60'),
  seconds(
    '--stale-while-revalidate <seconds>',
    'how long a stale snapshot is served while a scan replaces it',
  ).default(600_000, '600'),
  seconds('--scan-timeout <seconds>', 'how long a query waits for a scan').default(30_000, '30'),
  seconds('--min-refresh <seconds>', 'the least time between two scans that no-cache requests force').default(
    5_000,
    '5',
  ),
  choice(
    '--allow-no-cache <who>',
    'who may force a scan by Cache-Control: no-cache (default: authenticated where tokens are verified, else all)',
    noCachePolicies,
  ),
  ...scanOptions(),
  onOff('--warm [on|off]', 'scan at start, before anybody asks').default(warm, warm ? 'on' : 'off'),
  seconds('--refresh <seconds>', 'scan that often without anybody asking (default: never)'),
  text('--snapshot-dir <folder>', 'keep snapshots there from one start to the next'),
  text('--snapshot-key <key>', 'encrypt them: 32 bytes in hexadecimal or base64, or a passphrase'),
  federation(),
  text('--jwt-secret <secret>', 'verify bearer tokens with this shared secret (HS256)'),
  text('--jwks-url <url>', 'verify bearer tokens with the keys at this address'),
  text('--jwt-audience <audience>', 'what a token must be for'),
  text('--jwt-issuer <issuer>', 'who must have issued a token'),
  text('--jwt-role-claim <path>', 'the claim that names the Postgres role (default: role)'),
  text('--anon-role <role>', 'the role of requests without a token'),
  onOff('--allow-unauthenticated [on|off]', 'be open to other machines without tokens').default(false, 'off'),
  list('--cors-origin <origins>', 'the origins whose pages may use the gateway, separated by commas'),
  text('--persisted-operations <file>', 'answer only the documents in this file, by their ids'),
  onOff('--allow-arbitrary-operations [on|off]', 'answer other documents too').default(false, 'off'),
  onOff('--introspection [on|off]', 'whether clients may introspect the schema, and browsers get GraphiQL'),
  ...limitOptions(),
  seconds(
    '--shutdown-grace <seconds>',
    'how long requests under way may take after a signal to stop',
  ).default(10_000, '10'),
  onOff('--explain [on|off]', 'tell in every answer which scans it rests on').default(false, 'off'),
  number('--admin-port <number>', 'the port for health, metrics and status (default: none)', 0, 65_535),
  text('--admin-host <address>', 'the address of the admin port').default('127.0.0.1'),
  list('--admin-roles <names>', 'the roles that may see /status on the main port, separated by commas'),
  choice('--log-level <level>', 'how much to log', logLevels).default('info'),
  number(
    '--slow-query-ms <milliseconds>',
    'log requests that take at least that long at warn (default: none)',
    1,
    2 ** 31 - 1,
  ),
];

/** The form of the log. */
export const logFormat = (preferred: (typeof logFormats)[number]) =>
  choice('--log-format <format>', 'the form of the log', logFormats).default(preferred);

/** Whether to be a subgraph. */
export const federation = () =>
  onOff('--federation [on|off]', 'whether to be a subgraph of Apollo Federation 2').default(false, 'off');

/** Whose schema to print. */
export const role = () => new Option('--role <name>', "whose schema to print (default: the login's)");

/** Whether to print for programs. */
export const json = () => new Option('--json', 'print JSON');

/** How large the emulated pool is. */
export const users = () =>
  number('--users <number>', 'how many users the emulated pool has', 0, 5_000_000).default(5000);

/** Whether the demo verifies tokens. */
export const auth = () =>
  onOff('--auth [on|off]', 'have roles that see different things, and print a token of each').default(
    false,
    'off',
  );

/** What commander makes of the options of `serve`; times in milliseconds. */
export interface ServeFlags extends SourceSettings {
  readonly databaseUrl?: string;
  readonly catalog?: readonly string[];
  readonly schemas?: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly maxAge: number;
  readonly staleWhileRevalidate: number;
  readonly scanTimeout: number;
  readonly minRefresh: number;
  readonly allowNoCache?: NoCachePolicy;
  readonly shutdownGrace: number;
  readonly warm: boolean;
  readonly snapshotDir?: string;
  readonly snapshotKey?: string;
  readonly federation: boolean;
  readonly jwtSecret?: string;
  readonly jwksUrl?: string;
  readonly jwtAudience?: string;
  readonly jwtIssuer?: string;
  readonly jwtRoleClaim?: string;
  readonly anonRole?: string;
  readonly allowUnauthenticated: boolean;
  readonly corsOrigin?: readonly string[];
  readonly persistedOperations?: string;
  readonly allowArbitraryOperations: boolean;
  readonly introspection?: boolean;
  readonly refresh?: number;
  readonly explain: boolean;
  readonly adminPort?: number;
  readonly adminHost: string;
  readonly adminRoles?: readonly string[];
  readonly slowQueryMs?: number;
  readonly logLevel: (typeof logLevels)[number];
  readonly logFormat: (typeof logFormats)[number];
}

/** The limits that flags have set. */
export function limitsOf(flags: ServeFlags): Partial<Record<keyof Limits, number>> {
  return Object.fromEntries(
    Object.entries(limitSettings).map(([name, setting]) => [
      name,
      Reflect.get(flags, limitOption(setting).attributeName()),
    ]),
  );
}

function limitOptions(): Option[] {
  return Object.values(limitSettings).map((setting) => limitOption(setting).default(setting.default));
}

function limitOption({ flag, noun }: LimitSetting): Option {
  return number(`${flag} <number>`, `the most ${noun}`, 1, 2 ** 31 - 1);
}

function sourceOption({ flag, argument, description, rule, accepts }: SourceSetting): Option {
  return accepted(`${flag} <${argument}>`, description, rule, accepts);
}
