import { GatewayError } from '../errors.ts';
import type { CatalogDefinition, ServerDefinition } from '../model/definition.ts';
import type { Dialect } from '../model/dialect.ts';
import type { Problem } from '../model/model.ts';
import { cognitoDialect } from './cognito/dialect.ts';
import { type CognitoServer, parseCognitoServer } from './cognito/options.ts';
import { createCognitoSource } from './cognito/source.ts';
import { TokenBuckets } from './cognito/token-bucket.ts';
import type { Source } from './source.ts';

/** The kinds of foreign-data wrapper that have a source. */
export const dialects: readonly Dialect[] = [cognitoDialect];

/** How to reach the servers. */
export interface ServersOptions {
  /** Resolves a reference to Vault. */
  readonly readSecret: (reference: string) => Promise<string>;
  /** Into how many chains to split a scan where the server does not say. */
  readonly parallelScan: number;
  /** Requests per second and credentials. */
  readonly requestsPerSecond: number;
}

/** The foreign servers of a catalog. */
export interface Servers {
  /** Why a server cannot be used, by its name. */
  readonly unusable: ReadonlyMap<string, Omit<Problem, 'object'>>;
  /** The source of a usable server's object. */
  connect(server: string, object: string): Source;
}

/** Looks at every server that has a source: whether its options are complete, and its secret is there. */
export async function connectServers(
  { servers }: CatalogDefinition,
  options: ServersOptions,
): Promise<Servers> {
  const usable = new Map<string, CognitoServer>();
  const unusable = new Map<string, Omit<Problem, 'object'>>();
  for (const server of servers.filter((candidate) => cognitoDialect.recognises(candidate))) {
    const parsed = await examine(server, options.readSecret);
    if ('reason' in parsed) unusable.set(server.name, parsed);
    else usable.set(server.name, parsed);
  }
  const buckets = new TokenBuckets(options.requestsPerSecond);
  return {
    unusable,
    connect(name) {
      const server = usable.get(name);
      if (!server) throw new Error(`the server must be a usable one, but got ${name}`);
      return createCognitoSource({
        server,
        resolveSecret: options.readSecret,
        bucket: buckets.of(server),
        parallelScan: server.parallelScan ?? options.parallelScan,
      });
    },
  };
}

async function examine(
  server: ServerDefinition,
  readSecret: ServersOptions['readSecret'],
): Promise<CognitoServer | Omit<Problem, 'object'>> {
  const parsed = parseCognitoServer(server);
  if (
    'reason' in parsed ||
    parsed.credentials.kind !== 'static' ||
    parsed.credentials.secret.kind !== 'vault'
  ) {
    return parsed;
  }
  try {
    await readSecret(parsed.credentials.secret.reference);
    return parsed;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { reason: `the secret key of its server ${server.name} cannot be read`, hint: error.message };
  }
}
