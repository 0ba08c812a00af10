import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { ConfigurationError } from '../../errors.ts';

/** What to connect to and how. Parameters have the same meaning as for libpq. */
export interface ConnectionParameters {
  /** Tried in order. A host that begins with `/` is the folder of a Unix socket. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly user: string;
  readonly database: string;
  readonly password: string | undefined;
  readonly passwordFile: string | undefined;
  readonly sslMode: SslMode;
  readonly sslRootCert: string | undefined;
  readonly sslCert: string | undefined;
  readonly sslKey: string | undefined;
  readonly sslNegotiation: 'postgres' | 'direct';
  readonly requireChannelBinding: boolean;
  readonly targetSessionAttrs: TargetSessionAttrs;
  readonly connectTimeoutMs: number;
  /** Server settings, as `-c name=value`. */
  readonly options: string | undefined;
}

const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof sslModes)[number];

const targetSessionAttrs = [
  'any',
  'read-write',
  'read-only',
  'primary',
  'standby',
  'prefer-standby',
] as const;
export type TargetSessionAttrs = (typeof targetSessionAttrs)[number];

/** https://www.postgresql.org/docs/current/libpq-envars.html */
const environmentVariables = {
  host: 'PGHOST',
  hostaddr: 'PGHOSTADDR',
  port: 'PGPORT',
  user: 'PGUSER',
  dbname: 'PGDATABASE',
  password: 'PGPASSWORD',
  passfile: 'PGPASSFILE',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslnegotiation: 'PGSSLNEGOTIATION',
  channel_binding: 'PGCHANNELBINDING',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  options: 'PGOPTIONS',
} as const;

type Parameter = keyof typeof environmentVariables;
type Parameters = Partial<Record<Parameter, string>>;

const defaultPort = 5432;
/** The default time to wait for a connection, in milliseconds. */
const defaultConnectTimeoutMs = 10_000;

/**
 * Parses a connection string like libpq: a URL, or `name=value` pairs. The `PG…` environment variables provide what it
 * leaves out. Parameters that libpq does not know, such as those that tools add, are ignored.
 *
 * @throws ConfigurationError if it cannot be read; the message never repeats a password
 */
export function parseConnectionString(
  text: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ConnectionParameters {
  const given = /^postgres(ql)?:\/\//.test(text) ? parseUrl(text) : parsePairs(text);
  const value = (name: Parameter): string | undefined =>
    given[name] || environment[environmentVariables[name]] || undefined;
  const user = value('user') ?? userInfo().username;
  const password = value('password');
  if (/^\[.*\]$/.test(password ?? '')) {
    throw new ConfigurationError(
      `the database URL still has the placeholder ${password} where the password belongs`,
    );
  }
  return {
    hosts: parseHosts(value('hostaddr') ?? value('host'), value('port')),
    user,
    database: value('dbname') ?? user,
    password,
    passwordFile: value('passfile'),
    sslMode: oneOf('sslmode', value('sslmode') ?? 'prefer', sslModes),
    sslRootCert: value('sslrootcert'),
    sslCert: value('sslcert'),
    sslKey: value('sslkey'),
    sslNegotiation: oneOf('sslnegotiation', value('sslnegotiation') ?? 'postgres', ['postgres', 'direct']),
    requireChannelBinding: value('channel_binding') === 'require',
    targetSessionAttrs: oneOf(
      'target_session_attrs',
      value('target_session_attrs') ?? 'any',
      targetSessionAttrs,
    ),
    connectTimeoutMs: parseTimeout(value('connect_timeout')),
    options: value('options'),
  };
}

/** https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS */
function parseUrl(url: string): Parameters {
  const rest = url.slice(url.indexOf('://') + 3);
  const [beforeQuery, query] = splitAt(rest, rest.indexOf('?', Math.max(0, rest.indexOf('@'))));
  const at = beforeQuery.search(/[@/]/);
  const hasUser = beforeQuery.charAt(at) === '@';
  const [hostsAndPath, userinfo] = hasUser
    ? [beforeQuery.slice(at + 1), beforeQuery.slice(0, at)]
    : [beforeQuery, ''];
  const [hosts, path] = splitAt(hostsAndPath, hostsAndPath.indexOf('/'));
  // A host or database name hardly ever contains it, but passwords do.
  if (hostsAndPath.includes('@')) throw new ConfigurationError(unencoded);
  const [user, password] = splitAt(userinfo, userinfo.indexOf(':'));
  return {
    ...parseHostList(hosts),
    user: decode(user),
    password: decode(password),
    dbname: decode(path),
    ...parseQuery(query),
  };
}

const unencoded =
  'the password in the database URL must be percent-encoded: write @ as %40, / as %2F, : as %3A, % as %25, or give it in PGPASSWORD';

function parseHostList(list: string): Parameters {
  const parts = list.split(',').map((part) => {
    // An IPv6 address contains colons, and is written in brackets.
    const [, host = '', port = ''] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(part) ?? [];
    return { host: decode(host.replace(/^\[(.*)\]$/, '$1')), port };
  });
  const wrong = parts.find(({ port }) => !/^\d*$/.test(port));
  if (wrong) throw new ConfigurationError(unencoded);
  return {
    host: parts.map(({ host }) => host).join(','),
    port: parts.some(({ port }) => port) ? parts.map(({ port }) => port).join(',') : '',
  };
}

function parseQuery(query: string): Parameters {
  const parameters: Record<string, string> = {};
  for (const pair of query.split('&').filter((part) => part)) {
    const [name, value] = splitAt(pair, pair.indexOf('='));
    const decoded = decode(name);
    if (decoded === 'ssl' && decode(value) === 'true') parameters.sslmode = 'require';
    else if (decoded in environmentVariables) parameters[decoded] = decode(value);
  }
  return parameters;
}

/** https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE */
function parsePairs(text: string): Parameters {
  const pair = /\s*(\w+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))\s*/sy;
  const parameters: Record<string, string> = {};
  while (pair.lastIndex < text.length) {
    const found = pair.exec(text);
    const name = found?.[1];
    if (name === undefined) {
      throw new ConfigurationError(
        'the database URL must look like postgres://user@host:5432/database, or be pairs such as host=… dbname=…',
      );
    }
    if (name in environmentVariables) {
      parameters[name] = (found?.[2] ?? found?.[3] ?? '').replace(/\\(.)/gs, '$1');
    }
  }
  return parameters;
}

function parseHosts(hosts = defaultHost(), ports = ''): ConnectionParameters['hosts'] {
  const names = hosts.split(',');
  const numbers = ports.split(',');
  return names.map((name, index) => {
    const port = (numbers.length === 1 ? numbers[0] : numbers[index]) || String(defaultPort);
    if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
      throw new ConfigurationError(`the database's port must be a number from 1 to 65535, but got ${port}`);
    }
    return { host: name || 'localhost', port: Number(port) };
  });
}

/** Like psql, this prefers a socket, in the folder of Debian and others or in that of the Postgres sources. */
function defaultHost(): string {
  const folders = ['/var/run/postgresql', '/tmp'];
  return folders.find((folder) => existsSync(`${folder}/.s.PGSQL.${defaultPort}`)) ?? 'localhost';
}

/** Seconds; with 0 only the system's own timeout applies. */
function parseTimeout(seconds: string | undefined): number {
  if (seconds === undefined) return defaultConnectTimeoutMs;
  if (/^\d+$/.test(seconds)) return Number(seconds) * 1000;
  throw new ConfigurationError(`connect_timeout takes whole seconds, but got ${JSON.stringify(seconds)}`);
}

function oneOf<Word extends string>(name: string, value: string, words: readonly Word[]): Word {
  const known = words.find((word) => word === value);
  if (known !== undefined) return known;
  throw new ConfigurationError(
    `${name} must be one of ${words.join(', ')}, but got ${JSON.stringify(value)}`,
  );
}

/** The parts before and after an index; everything is before if the index is negative. */
function splitAt(text: string, index: number): [string, string] {
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ConfigurationError(unencoded);
  }
}
