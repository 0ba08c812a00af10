import type { ServerDefinition } from '../../model/definition.ts';
import type { KnownOptions } from '../../model/dialect.ts';
import type { Reason } from '../../model/model.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { quoteIdentifier } from '../../model/statement.ts';

/** A user pool, and how to reach and read it. */
export interface CognitoServer {
  readonly region: string;
  readonly userPoolId: string;
  /** An http or https URL; undefined if AWS' own address is meant. */
  readonly endpoint: string | undefined;
  readonly credentials: ServerCredentials;
  /** The number of chains of a scan; undefined if the server does not set it. */
  readonly parallelScan: number | undefined;
}

/** The credentials in a server's definition. */
export type ServerCredentials =
  | {
      readonly kind: 'static';
      readonly accessKeyId: string;
      readonly secret: SecretSource;
      readonly sessionToken: string | undefined;
    }
  /** AWS' own chain: environment, profile, IAM role. */
  | { readonly kind: 'default-chain' };

/** The location of the secret access key: the definition itself, or Vault. */
export type SecretSource =
  | { readonly kind: 'plain'; readonly value: string }
  | { readonly kind: 'vault'; readonly reference: string };

/** The possible numbers of chains: the powers of 2 that two hexadecimal digits can distinguish. */
export const parallelScans: readonly number[] = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** The options of a server. */
export const cognitoServerOptions: KnownOptions = new Map([
  ['region', "The pool's AWS Region, such as `us-east-1`. Required."],
  ['user_pool_id', "The user pool's id, such as `us-east-1_AbCdEfGhI`. Required."],
  ['aws_access_key_id', "The access key's id. Without it, AWS' own credential chain signs the requests."],
  ['aws_secret_access_key', 'The secret access key itself. Better kept in Vault; see `api_key_id`.'],
  ['api_key_id', 'The id or name of the secret in Vault that contains the secret access key.'],
  ['aws_session_token', 'The session token of temporary credentials.'],
  ['endpoint_url', "The address of the API if it is not AWS'; empty means AWS."],
  ['parallel_scan', 'How many chains to split a scan into: a power of 2 from 1 to 256.'],
]);

/** Parses the options of a server, or says what is wrong with them. Never repeats a secret. */
export function parseCognitoServer(server: ServerDefinition): Result<CognitoServer, Reason> {
  const { options } = server;
  const region = options.get('region');
  if (region === undefined) return missing(server, 'region', "the pool's AWS Region, such as 'us-east-1'");
  // A Region becomes part of a host name: RFC 1123, section 2.1.
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(region)) {
    return wrong(server, 'region', "an AWS Region, such as 'us-east-1'", JSON.stringify(region));
  }
  const userPoolId = options.get('user_pool_id');
  if (!userPoolId)
    return missing(server, 'user_pool_id', "the user pool's id, such as 'us-east-1_AbCdEfGhI'");
  // Empty means none, as for the Wrappers extension.
  const endpoint = options.get('endpoint_url') || undefined;
  // The value is not repeated, because a URL can contain a password.
  if (endpoint !== undefined && !isHttpUrl(endpoint)) {
    return wrong(server, 'endpoint_url', 'an http or https URL', 'something else');
  }
  const credentials = parseCredentials(server);
  if (!credentials.ok) return credentials;
  const parallelScan = options.get('parallel_scan');
  if (parallelScan !== undefined && !parallelScans.some((n) => String(n) === parallelScan)) {
    return wrong(server, 'parallel_scan', 'a power of 2 from 1 to 256', JSON.stringify(parallelScan));
  }
  return success({
    region,
    userPoolId,
    endpoint,
    credentials: credentials.value,
    parallelScan: parallelScan === undefined ? undefined : Number(parallelScan),
  });
}

function parseCredentials(server: ServerDefinition): Result<ServerCredentials, Reason> {
  const { options } = server;
  const accessKeyId = options.get('aws_access_key_id');
  const value = options.get('aws_secret_access_key');
  const reference = options.get('api_key_id');
  const sessionToken = options.get('aws_session_token');
  const given = [...options.keys()].filter((name) => credentialOptions.has(name));
  if (given.length === 0) return success({ kind: 'default-chain' });
  const empty = given.find((name) => options.get(name) === '');
  if (empty !== undefined) return wrong(server, empty, credentialOptions.get(empty) ?? '', 'an empty text');
  if (accessKeyId === undefined) {
    return failure({
      reason: `its server has ${given.join(' and ')} without aws_access_key_id`,
      hint: "add it, or drop the others to sign with AWS' own credential chain",
    });
  }
  if (value !== undefined && reference !== undefined) {
    return failure({
      reason: 'its server takes one of the options aws_secret_access_key and api_key_id, but has both',
      hint: 'drop aws_secret_access_key and keep the secret in Vault',
    });
  }
  const secret: SecretSource | undefined =
    value !== undefined
      ? { kind: 'plain', value }
      : reference !== undefined
        ? { kind: 'vault', reference }
        : undefined;
  if (secret === undefined) {
    return failure({
      reason:
        'its server has aws_access_key_id, which needs aws_secret_access_key or api_key_id, but has neither',
      hint: 'add api_key_id with the id of the secret access key in Vault, or aws_secret_access_key with the key itself',
    });
  }
  return success({ kind: 'static', accessKeyId, secret, sessionToken });
}

/** The options that make up credentials, and what each must be. */
const credentialOptions: ReadonlyMap<string, string> = new Map([
  ['aws_access_key_id', "an access key's id"],
  ['aws_secret_access_key', 'a secret access key'],
  ['api_key_id', 'the id or name of a secret in Vault'],
  ['aws_session_token', 'a session token'],
]);

function isHttpUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

function missing(server: ServerDefinition, option: string, meaning: string): Result<never, Reason> {
  return failure({
    reason: `its server ${server.name} lacks the option ${option}, ${meaning}`,
    hint: `give it one with: ${alterServer(server, option)}`,
  });
}

function wrong(server: ServerDefinition, option: string, rule: string, got: string): Result<never, Reason> {
  return failure({
    reason: `the option ${option} of its server ${server.name} must be ${rule}, but is ${got}`,
    hint: `correct it with: ${alterServer(server, option)}`,
  });
}

function alterServer({ name, options }: ServerDefinition, option: string): string {
  const action = options.has(option) ? 'set' : 'add';
  return `alter server ${quoteIdentifier(name)} options (${action} ${option} '…')`;
}
