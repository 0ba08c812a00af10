import { InvalidArgumentError, Option } from 'commander';
import { logFormats, logLevels } from './log-sink.ts';

/** The options of the commands. Each can also be given as an environment variable of the same name. */
export const options = {
  databaseUrl: () => text('--database-url <url>', 'the Postgres whose catalog has the foreign tables'),
  catalog: () =>
    text('--catalog <file.sql>', 'a file of SQL that defines the foreign tables, for an embedded Postgres'),
  schemas: () =>
    new Option(
      '--schemas <names>',
      'the schemas to expose, separated by commas (default: all with foreign tables)',
    )
      .env('SCHEMAS')
      .argParser(names),
  host: () => text('--host <address>', 'the address to listen on').default('127.0.0.1'),
  port: () =>
    number('--port <number>', 'the port to listen on; 0 picks a free one', { from: 0, to: 65_535 }).default(
      4000,
    ),
  maxAge: () => seconds('--max-age <seconds>', 'how long a snapshot is fresh').default(60),
  staleWhileRevalidate: () =>
    seconds(
      '--stale-while-revalidate <seconds>',
      'how long a stale snapshot is served while a scan replaces it',
    ).default(600),
  scanTimeout: () => seconds('--scan-timeout <seconds>', 'how long a query waits for a scan').default(30),
  parallelScan: () =>
    number('--parallel-scan <chains>', 'into how many chains to split a scan: a power of 2', {
      from: 1,
      to: 256,
    }).default(1),
  requestsPerSecond: () =>
    number(
      '--requests-per-second <number>',
      "how many requests to send to AWS, under Cognito's quota of 30",
      {
        from: 1,
        to: 1000,
      },
    ).default(25),
  introspection: () =>
    new Option(
      '--introspection <on|off>',
      'whether clients may introspect the schema, and browsers get GraphiQL',
    )
      .env('INTROSPECTION')
      .choices(['on', 'off']),
  federation: () =>
    onOff('--federation [on|off]', 'whether to be a subgraph of Apollo Federation 2').default(false, 'off'),
  logLevel: () =>
    new Option('--log-level <level>', 'how much to log').env('LOG_LEVEL').choices(logLevels).default('info'),
  logFormat: () =>
    new Option('--log-format <format>', 'the form of the log')
      .env('LOG_FORMAT')
      .choices(logFormats)
      .default('json'),
  role: () => new Option('--role <name>', "whose schema to print (default: the login's)"),
  json: () => new Option('--json', 'print JSON'),
  users: () =>
    number('--users <number>', 'how many users the emulated pool has', { from: 0, to: 5_000_000 }).default(
      5000,
    ),
} as const;

/** What commander makes of the options of `serve`. */
export interface ServeFlags {
  readonly databaseUrl?: string;
  readonly catalog?: string;
  readonly schemas?: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly maxAge: number;
  readonly staleWhileRevalidate: number;
  readonly scanTimeout: number;
  readonly parallelScan: number;
  readonly requestsPerSecond: number;
  readonly introspection?: 'on' | 'off';
  readonly federation: boolean;
  readonly logLevel: (typeof logLevels)[number];
  readonly logFormat: (typeof logFormats)[number];
}

function text(flags: string, description: string): Option {
  return withEnvironment(new Option(flags, description)).argParser((value: string) => {
    if (value.trim()) return value;
    throw new InvalidArgumentError('It must not be empty.');
  });
}

function number(flags: string, description: string, { from, to }: { from: number; to: number }): Option {
  return withEnvironment(new Option(flags, description)).argParser((value: string) => {
    const parsed = Number(value);
    if (/^\d+$/.test(value) && parsed >= from && parsed <= to) return parsed;
    throw new InvalidArgumentError(`It must be a whole number from ${from} to ${to}.`);
  });
}

function seconds(flags: string, description: string): Option {
  return withEnvironment(new Option(flags, description)).argParser((value: string) => {
    const parsed = Number(value);
    if (/^\d+(\.\d+)?$/.test(value) && parsed <= longestSeconds) return parsed;
    throw new InvalidArgumentError(`It must be a number of seconds from 0 to ${longestSeconds}.`);
  });
}

/** Timers in Node count milliseconds in 31 bits: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const longestSeconds = 2_147_483;

/** A flag that stands for itself alone, and can be turned off, as where the environment has turned it on. */
function onOff(flags: string, description: string): Option {
  return withEnvironment(new Option(flags, description))
    .preset('on')
    .argParser((value: string) => {
      if (value === 'on' || value === 'off') return value === 'on';
      throw new InvalidArgumentError('It must be on or off.');
    });
}

function names(value: string): readonly string[] {
  const list = value.split(',').map((name) => name.trim());
  if (list.every((name) => name)) return list;
  throw new InvalidArgumentError('It must be names separated by commas.');
}

/** The environment variable of an option is its name in upper case. */
function withEnvironment(option: Option): Option {
  return option.env(option.name().replaceAll('-', '_').toUpperCase());
}
