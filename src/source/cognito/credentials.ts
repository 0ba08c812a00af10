import { GatewayError, ScanError, UnavailableError } from '../../errors.ts';
import type { ServerCredentials } from './options.ts';

/** The credentials that requests are signed with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Looks up the credentials on demand. */
export type CredentialsProvider = () => Promise<Credentials>;

/**
 * The provider of a server's credentials; undefined if AWS' own credential chain is meant.
 *
 * @param resolveSecret returns the secret of a Vault reference
 * @returns a provider that throws a ScanError: SCAN_DENIED if the secret does not exist or may not be read,
 *   SCAN_UNAVAILABLE if Vault does not answer
 */
export function credentialsProvider(
  credentials: ServerCredentials,
  resolveSecret: (reference: string) => Promise<string>,
): CredentialsProvider | undefined {
  if (credentials.kind === 'default-chain') return undefined;
  const { accessKeyId, secret, sessionToken } = credentials;
  return async () => ({
    accessKeyId,
    secretAccessKey: secret.kind === 'plain' ? secret.value : await readSecret(secret.reference),
    ...(sessionToken === undefined ? {} : { sessionToken }),
  });

  async function readSecret(reference: string): Promise<string> {
    try {
      return await resolveSecret(reference);
    } catch (cause) {
      // Only the gateway's own errors have messages that are safe to repeat.
      const isDenied = cause instanceof GatewayError && !(cause instanceof UnavailableError);
      throw new ScanError(
        isDenied ? 'SCAN_DENIED' : 'SCAN_UNAVAILABLE',
        `the secret access key could not be read from Vault: ${isDenied ? cause.message : 'the database did not answer'}`,
        { cause },
      );
    }
  }
}

/** The quota that requests with these credentials share: the access key's id, or `default`. */
export function quotaHolder(credentials: ServerCredentials): string {
  return credentials.kind === 'static' ? credentials.accessKeyId : 'default';
}
