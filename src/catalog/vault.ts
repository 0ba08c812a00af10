import { ConfigurationError, codeOf, UnavailableError } from '../errors.ts';
import { isUuid } from '../values/uuid.ts';
import type { CatalogClient } from './introspection.ts';

/** A row of `vault.decrypted_secrets`. */
export interface StoredSecret {
  readonly id: string;
  readonly key_id: string | null;
  readonly name: string | null;
  readonly decrypted_secret: string | null;
}

/**
 * The secret of a Vault reference. As in the Wrappers extension, a UUID matches a secret's `id` or `key_id`, any other
 * reference its `name`.
 *
 * @throws ConfigurationError if Vault is not installed, not readable or has no such secret; the message names
 *   the reference and never a secret
 * @throws UnavailableError if the database does not answer
 */
export async function readVaultSecret(client: CatalogClient, reference: string): Promise<string> {
  const condition = isUuid(reference.toLowerCase()) ? 'id = $1::uuid or key_id = $1::uuid' : 'name = $1';
  const { rows } = await client
    .query<Pick<StoredSecret, 'decrypted_secret'>>(
      `select decrypted_secret from vault.decrypted_secrets where ${condition} limit 1`,
      [reference],
    )
    .catch((cause: unknown) => {
      throw unreadable(cause);
    });
  const secret = rows[0]?.decrypted_secret;
  if (secret) return secret;
  throw new ConfigurationError(
    `there is no secret ${JSON.stringify(reference)} in Vault: a reference is a secret's id, key_id or name`,
  );
}

/**
 * The same, among the secrets of SQL files.
 *
 * @throws ConfigurationError if there is no such secret, or if it is encrypted, as in a dump
 */
export function findSecret(secrets: readonly StoredSecret[], reference: string): string {
  const id = reference.toLowerCase();
  const secret = secrets.find((candidate) =>
    isUuid(id) ? candidate.id === id || candidate.key_id === id : candidate.name === reference,
  );
  if (secret?.decrypted_secret) return secret.decrypted_secret;
  throw new ConfigurationError(
    secret
      ? `the secret ${JSON.stringify(reference)} is encrypted in the SQL: set it again with vault.update_secret`
      : `there is no secret ${JSON.stringify(reference)} in the SQL: pg_dump does not write secrets in plain text, so add them by another file, with vault.create_secret or insert into vault.secrets`,
  );
}

/** SQLSTATEs: https://www.postgresql.org/docs/current/errcodes-appendix.html */
function unreadable(cause: unknown): ConfigurationError {
  const code = codeOf(cause);
  if (code === '42501') {
    return new ConfigurationError(
      "the gateway's login may not read secrets: grant usage on schema vault and select on vault.decrypted_secrets to it",
      cause,
    );
  }
  if (code === '42P01' || code === '3F000') {
    return new ConfigurationError(
      'this database has no view vault.decrypted_secrets: install Supabase Vault or use the option aws_secret_access_key',
      cause,
    );
  }
  return new UnavailableError('the database that has the secret did not answer', cause);
}
