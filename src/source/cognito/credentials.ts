import { GatewayError, ScanError, UnavailableError } from '../../errors.ts';
import type { ServerCredentials } from './options.ts';

/** What requests are signed with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Looks the credentials up when they are needed. */
export type CredentialsProvider = () => Promise<Credentials>;

/**
 * The provider of a server's credentials; undefined where AWS' own credential chain is meant.
 *
 * @param resolveSecret gives the secret that a reference to Vault stands for
 * @returns a provider that throws ScanError: SCAN_DENIED where there is no such secret or it may not be read,
 *   SCAN_UNAVAILABLE where Vault does not answer
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
      // Only who has looked and found nothing says so in words that are fit to be repeated.
      const isDenied = cause instanceof GatewayError && !(cause instanceof UnavailableError);
      throw new ScanError(
        isDenied ? 'SCAN_DENIED' : 'SCAN_UNAVAILABLE',
        `the secret access key could not be read from Vault: ${isDenied ? cause.message : 'the database did not answer'}`,
        { cause },
      );
    }
  }
}

/** By what requests with these credentials are counted together: the access key's id, or `default`. */
export function quotaHolder(credentials: ServerCredentials): string {
  return credentials.kind === 'static' ? credentials.accessKeyId : 'default';
}
