import { GatewayError, ScanError } from '../../errors.ts';
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
 * @returns a provider that throws ScanError with SCAN_DENIED where the secret cannot be had
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
      const why = cause instanceof GatewayError ? cause.message : 'it could not be read';
      throw new ScanError('SCAN_DENIED', `the secret access key could not be read from Vault: ${why}`, {
        cause,
      });
    }
  }
}

/** By what requests with these credentials are counted together: the access key's id, or `default`. */
export function quotaHolder(credentials: ServerCredentials): string {
  return credentials.kind === 'static' ? credentials.accessKeyId : 'default';
}
