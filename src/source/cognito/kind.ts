import { GatewayError, UnavailableError } from '../../errors.ts';
import type { ServerDefinition } from '../../model/definition.ts';
import { failure, success } from '../../model/result.ts';
import type { CatalogAccess, SourceKind } from '../kind.ts';
import { cognitoDialect } from './dialect.ts';
import { type CognitoServer, cognitoServerOptions, parseCognitoServer } from './options.ts';
import type { CognitoSettings } from './settings.ts';
import { createCognitoSource } from './source.ts';
import { TokenBuckets } from './token-bucket.ts';

/** The user pools of Amazon Cognito, as the Wrappers extension defines them. */
export function createCognitoKind(
  { readSecret }: Pick<CatalogAccess, 'readSecret'>,
  settings: CognitoSettings,
): SourceKind {
  const buckets = new TokenBuckets(settings.requestsPerSecond);
  return {
    name: 'cognito',
    dialect: cognitoDialect,
    serverOptions: cognitoServerOptions,
    wrapperNames: ['cognito_wrapper'],
    recognises: isCognito,
    async open(definition) {
      const parsed = parseCognitoServer(definition);
      if (!parsed.ok) return parsed;
      const server = parsed.value;
      const unreadable = await whySecretIsUnreadable(server, readSecret);
      if (unreadable !== undefined) {
        return failure({
          reason: `the secret key of its server ${definition.name} cannot be read`,
          hint: unreadable,
        });
      }
      return success({
        connect: () =>
          createCognitoSource({
            server,
            resolveSecret: readSecret,
            bucket: buckets.of(server),
            parallelScan: server.parallelScan ?? settings.parallelScan,
          }),
      });
    },
  };
}

/** Recognises the wrapper by its handler or, without one, by its name or its option `source`. */
function isCognito({ wrapper }: ServerDefinition): boolean {
  if (wrapper.handler !== undefined) return wrapper.handler === 'cognito_fdw_handler';
  return wrapper.name === 'cognito_wrapper' || wrapper.options.get('source') === 'cognito';
}

async function whySecretIsUnreadable(
  { credentials }: CognitoServer,
  readSecret: CatalogAccess['readSecret'],
): Promise<string | undefined> {
  if (credentials.kind !== 'static' || credentials.secret.kind !== 'vault') return undefined;
  try {
    await readSecret(credentials.secret.reference);
    return undefined;
  } catch (error) {
    // It may be available when the first scan needs it.
    if (error instanceof UnavailableError) return undefined;
    if (!(error instanceof GatewayError)) throw error;
    return error.message;
  }
}
