import { Socket } from 'node:net';
import pg from 'pg';
import { ConfigurationError, UnavailableError } from '../../errors.ts';
import type { ConnectionParameters, TargetSessionAttrs } from './connection-parameters.ts';
import { type Encryption, encryptionsOf } from './encryption.ts';
import { connectionFailure } from './failure.ts';
import { passwordFromFile } from './password-file.ts';

/** The purpose of a connection. */
export interface ConnectionPurpose {
  /** The application name that Postgres shows. */
  readonly applicationName: string;
  /** Milliseconds after which a statement is aborted; undefined means never. */
  readonly queryTimeoutMs?: number | undefined;
  /** Milliseconds without a byte in either direction after which the connection is lost; undefined means never. */
  readonly silenceMs?: number | undefined;
}

type Host = ConnectionParameters['hosts'][number];

/**
 * Connects to the first host that answers and is in the wanted state.
 *
 * @throws UnavailableError if none is available at the moment
 * @throws ConfigurationError if retrying cannot help; the message says what to change
 */
export async function connect(
  parameters: ConnectionParameters,
  purpose: ConnectionPurpose,
): Promise<pg.Client> {
  return (await connectSomewhere(parameters, purpose)).client;
}

/**
 * The configuration for the first host that answers and is in the wanted state, for clients that connect themselves.
 *
 * @throws as `connect`
 */
export async function workingConfig(
  parameters: ConnectionParameters,
  purpose: ConnectionPurpose,
): Promise<pg.ClientConfig> {
  const { client, config } = await connectSomewhere(parameters, purpose);
  await client.end();
  return config;
}

/** A connection, and what it was made with. */
interface Connected {
  readonly client: pg.Client;
  readonly config: pg.ClientConfig;
}

async function connectSomewhere(
  parameters: ConnectionParameters,
  purpose: ConnectionPurpose,
): Promise<Connected> {
  const failures: ConfigurationError[] = [];
  for (const wanted of wantedStates(parameters.targetSessionAttrs)) {
    for (const host of parameters.hosts) {
      try {
        return await connectTo(host, wanted, parameters, purpose);
      } catch (cause) {
        failures.push(connectionFailure(cause, parameters, host));
      }
    }
  }
  // A host that is unreachable at the moment may be the one that has the database.
  const failure = failures.find((each) => each instanceof UnavailableError) ?? failures[0];
  throw failure ?? new ConfigurationError('the database URL names no host');
}

/** `prefer-standby` means a standby or, failing that, any server. */
function wantedStates(attrs: TargetSessionAttrs): readonly TargetSessionAttrs[] {
  return attrs === 'prefer-standby' ? ['standby', 'any'] : [attrs];
}

async function connectTo(
  host: Host,
  wanted: TargetSessionAttrs,
  parameters: ConnectionParameters,
  purpose: ConnectionPurpose,
): Promise<Connected> {
  const [first, second] = encryptionsOf(parameters, host.host);
  const connected = await open(host, first ?? false, parameters, purpose).catch((cause: unknown) => {
    if (second === undefined || !isAboutEncryption(cause)) throw cause;
    return open(host, second, parameters, purpose);
  });
  try {
    await assertState(connected.client, wanted);
    return connected;
  } catch (error) {
    await connected.client.end();
    throw error;
  }
}

async function open(
  { host, port }: Host,
  ssl: Encryption,
  parameters: ConnectionParameters,
  { applicationName, queryTimeoutMs, silenceMs }: ConnectionPurpose,
): Promise<Connected> {
  const { user, database, passwordFile } = parameters;
  const config: pg.ClientConfig = {
    host,
    port,
    user,
    database,
    password: async () => {
      const password =
        parameters.password ?? (await passwordFromFile({ host, port, database, user }, passwordFile));
      if (password !== undefined) return password;
      throw new ConfigurationError(
        `Postgres at ${host}:${port} requires a password for ${user}: put it into the database URL, PGPASSWORD or .pgpass`,
      );
    },
    ssl,
    ...(ssl ? { sslnegotiation: parameters.sslNegotiation } : {}),
    enableChannelBinding: parameters.requireChannelBinding,
    connectionTimeoutMillis: parameters.connectTimeoutMs,
    // Keepalive detects a connection that was cut silently, within minutes: without a delay of its own, Linux waits for two hours.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    query_timeout: queryTimeoutMs,
    application_name: applicationName,
    options: parameters.options,
    ...(silenceMs !== undefined && { stream: () => impatientSocket(silenceMs) }),
  };
  const client = new pg.Client(config);
  // An error on an idle connection is noticed by its next user.
  client.on('error', () => {});
  await client.connect();
  try {
    await assertAnswers(client, parameters.connectTimeoutMs);
  } catch (error) {
    // A server that does not respond may not respond to this either.
    void client.end().catch(() => undefined);
    throw error;
  }
  return { client, config };
}

/** Keepalive is answered by the system of a server that has stopped, and so by one that never answers again. */
function impatientSocket(silenceMs: number): Socket {
  const socket = new Socket();
  socket.setTimeout(silenceMs, () => socket.destroy(new Error(`nothing came for ${silenceMs} ms`)));
  return socket;
}

/** A pooler accepts connections at once, but may wait long for the Postgres behind it. */
async function assertAnswers(client: pg.Client, timeoutMs: number): Promise<void> {
  const probe: pg.QueryConfig & { query_timeout: number } = { text: 'select', query_timeout: timeoutMs };
  await client.query(probe);
}

/** Whether the server may accept another kind of encryption. */
function isAboutEncryption(cause: unknown): boolean {
  if (cause instanceof pg.DatabaseError) return cause.code === '28000';
  return cause instanceof Error && /SSL|TLS/i.test(`${cause.message} ${'code' in cause ? cause.code : ''}`);
}

/** https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-TARGET-SESSION-ATTRS */
async function assertState(client: pg.Client, wanted: TargetSessionAttrs): Promise<void> {
  if (wanted === 'any') return;
  const { rows } = await client.query<{ standby: boolean; read_only: boolean }>(
    `select pg_is_in_recovery() as standby, current_setting('transaction_read_only')::boolean as read_only`,
  );
  const { standby = false, read_only = false } = rows[0] ?? {};
  const fits = {
    'read-write': !read_only,
    'read-only': read_only,
    primary: !standby,
    standby,
    'prefer-standby': standby,
  }[wanted];
  if (!fits) throw new UnavailableError(`the server is not what target_session_attrs=${wanted} asks for`);
}
