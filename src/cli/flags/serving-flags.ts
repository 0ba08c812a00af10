import { longestTimeoutMs } from '../../clock.ts';
import { noCachePolicies } from '../../limits/limits.ts';
import { logFormats, logLevels } from '../log-sink.ts';
import { choice, duration, grouped, list, number, onOff, text } from './flag.ts';

/** The headings in the help under which other flags are listed as well. */
export const serverGroup = 'Server:';
export const snapshotGroup = 'Snapshots:';

/** A serving command's own defaults. */
interface ServingDefaults {
  readonly warm: boolean;
  readonly logFormat: (typeof logFormats)[number];
}

/** The flags of both `serve` and `demo`. */
export function servingFlags(defaults: ServingDefaults) {
  return {
    ...serverFlags,
    ...freshnessFlags,
    warm: onOff('--warm [on|off]', 'scan at start instead of on the first request')
      .default(defaults.warm, defaults.warm ? 'on' : 'off')
      .helpGroup(snapshotGroup),
    ...snapshotFlags,
    ...sharingFlags,
    ...grouped(sharingGroup, {
      lease: duration(
        '--lease <duration>',
        'how long a silent gateway keeps its lease on a scan',
        1_000,
      ).default(15_000, '15s'),
    }),
    ...tokenFlags,
    ...graphqlFlags,
    federation,
    ...adminFlags,
    ...logFlags,
    logFormat: choice('--log-format <format>', 'the form of the log', logFormats)
      .default(defaults.logFormat)
      .helpGroup(logGroup),
  };
}

const serverFlags = grouped(serverGroup, {
  host: text('--host <address>', 'the address to listen on').default('127.0.0.1'),
  port: number('--port <number>', 'the port to listen on; 0 picks a free one', 0, 65_535).default(4000),
  corsOrigin: list(
    '--cors-origin <origins>',
    'the origins whose pages may use the gateway, separated by commas (default: none)',
  ),
  reloadInterval: duration(
    '--reload-interval <duration>',
    'how often the catalog is checked for changes; 0 means only on request',
  ).default(5_000, '5s'),
  shutdownGrace: duration(
    '--shutdown-grace <duration>',
    'how long requests in flight may take after a signal to stop',
  ).default(10_000, '10s'),
});

const freshnessFlags = grouped(snapshotGroup, {
  maxAge: duration('--max-age <duration>', 'how long a snapshot is fresh').default(60_000, '60s'),
  staleWhileRevalidate: duration(
    '--stale-while-revalidate <duration>',
    'how long a stale snapshot is served while a scan replaces it',
  ).default(600_000, '10m'),
  scanTimeout: duration('--scan-timeout <duration>', 'how long a query waits for a scan').default(
    30_000,
    '30s',
  ),
  allowNoCache: choice(
    '--allow-no-cache <who>',
    'who may force a scan by Cache-Control: no-cache (default: authenticated if tokens are verified, else all)',
    noCachePolicies,
  ),
  minRefresh: duration(
    '--min-refresh <duration>',
    'the minimum time between two scans that no-cache requests force',
  ).default(5_000, '5s'),
  refresh: duration('--refresh <duration>', 'scan at this interval, without any request (default: never)'),
  maxSnapshotBytes: number(
    '--max-snapshot-bytes <number>',
    'the size of the largest snapshot: the scan of a larger table fails (default: a quarter of the memory)',
    1,
    Number.MAX_SAFE_INTEGER,
  ),
});

/** Where snapshots are kept. */
export const snapshotFlags = grouped(snapshotGroup, {
  snapshotDir: text('--snapshot-dir <folder>', 'a folder in which snapshots survive a restart'),
  snapshotKey: text(
    '--snapshot-key <key>',
    'encrypt stored and shared snapshots: 32 bytes in hexadecimal or base64, or a passphrase',
  ),
  snapshotKeyFile: text('--snapshot-key-file <file>', 'a file that contains the snapshot key'),
});

const sharingGroup = 'Sharing scans:';

/** Whether the tables for shared scans are logged. */
export const shareLogged = onOff(
  '--share-logged [on|off]',
  'create logged tables for shared scans, for standbys of the database',
).default(false, 'off');

/** How scans are shared. */
export const sharingFlags = grouped(sharingGroup, {
  share: onOff(
    '--share [on|off]',
    'share scans with all gateways on the catalog, through its Postgres',
  ).default(false, 'off'),
  sharePoll: duration(
    '--share-poll <duration>',
    'how often to check for scans of other gateways',
    100,
  ).default(2_000, '2s'),
  shareLogged,
});

const tokenFlags = grouped('Authentication:', {
  jwtSecret: text('--jwt-secret <secret>', 'verify bearer tokens with this shared secret (HS256)'),
  jwtSecretFile: text('--jwt-secret-file <file>', 'a file that contains the shared secret'),
  jwksUrl: text('--jwks-url <url>', 'verify bearer tokens with the keys at this URL'),
  jwtAudience: text('--jwt-audience <audience>', 'the required audience of tokens'),
  jwtIssuer: text('--jwt-issuer <issuer>', 'the required issuer of tokens'),
  jwtRoleClaim: text('--jwt-role-claim <path>', 'the claim that names the Postgres role (default: role)'),
  anonRole: text('--anon-role <role>', 'the role of requests without a token'),
  allowUnauthenticated: onOff(
    '--allow-unauthenticated [on|off]',
    'allow access from other machines without tokens',
  ).default(false, 'off'),
});

const graphqlGroup = 'GraphQL:';

/** Whether the schema is that of a subgraph. */
export const federation = onOff('--federation [on|off]', 'be a subgraph of Apollo Federation 2')
  .default(false, 'off')
  .helpGroup(graphqlGroup);

const graphqlFlags = grouped(graphqlGroup, {
  introspection: onOff(
    '--introspection [on|off]',
    'whether clients may introspect the schema, and browsers get GraphiQL (default: on unless NODE_ENV is production)',
  ),
  persistedOperations: text(
    '--persisted-operations <file>',
    'only execute the documents in this file, by their ids',
  ),
  allowArbitraryOperations: onOff(
    '--allow-arbitrary-operations [on|off]',
    'also execute documents that are not in the file',
  ).default(false, 'off'),
  automaticPersistedQueries: onOff(
    '--automatic-persisted-queries [on|off]',
    'execute documents that were sent once by their hash from then on',
  ).default(true, 'on'),
  strictNulls: onOff(
    '--strict-nulls [on|off]',
    'let the null of a failing non-null field propagate to its parent, instead of only nulling the field',
  ).default(false, 'off'),
  explain: onOff('--explain [on|off]', 'describe in every answer the scans that it is based on').default(
    false,
    'off',
  ),
  cursorKey: text(
    '--cursor-key <secret>',
    'the secret that seals cursors of tables without a readable key, the same on all gateways',
  ),
});

const adminFlags = grouped('Administration:', {
  adminPort: number(
    '--admin-port <number>',
    'the port for health, metrics and status (default: none)',
    0,
    65_535,
  ),
  adminHost: text('--admin-host <address>', 'the address of the admin port').default('127.0.0.1'),
  adminRoles: list(
    '--admin-roles <names>',
    'the roles that may see /status on the main port, separated by commas (default: none)',
  ),
});

const logGroup = 'Log:';

const logFlags = grouped(logGroup, {
  logLevel: choice('--log-level <level>', 'how much to log', logLevels).default('info'),
  slowQueryMs: number(
    '--slow-query-ms <milliseconds>',
    'log requests that take at least this long at warn (default: none)',
    1,
    longestTimeoutMs,
  ),
});
