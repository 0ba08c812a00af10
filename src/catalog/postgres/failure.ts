import pg from 'pg';
import { ConfigurationError, codeOf, UnavailableError } from '../../errors.ts';
import type { ConnectionParameters } from './connection-parameters.ts';

/**
 * Why a connection failed, in one line without its password.
 *
 * @returns an UnavailableError if it may succeed later, or else a ConfigurationError
 */
export function connectionFailure(
  cause: unknown,
  parameters: Pick<ConnectionParameters, 'sslMode' | 'sslRootCert' | 'database' | 'user'>,
  { host, port }: { readonly host: string; readonly port: number },
): ConfigurationError {
  if (cause instanceof ConfigurationError) return cause;
  const address = host.startsWith('/') ? `${host}/.s.PGSQL.${port}` : `${host}:${port}`;
  const message = (why: string) => `cannot connect to Postgres at ${address}: ${why}`;
  const never = (why: string) => new ConfigurationError(message(why), cause);
  const later = (why: string) => new UnavailableError(message(why), cause);
  if (cause instanceof AggregateError) return connectionFailure(cause.errors[0], parameters, { host, port });
  if (!(cause instanceof Error)) return later('it failed');
  if (cause instanceof pg.DatabaseError) {
    const why = cause.message;
    return isLasting(cause) ? never(why) : later(why);
  }
  const code = codeOf(cause) ?? '';
  const { sslMode } = parameters;
  if (/does not support SSL/.test(cause.message)) {
    return never(`it offers no encryption, which sslmode=${sslMode} requires`);
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return never(
      `its certificate is not for the host ${host}, which sslmode=verify-full requires; connect by the name that it is for, or use sslmode=verify-ca`,
    );
  }
  if (isCertificateProblem(code)) {
    return never(
      `its certificate is not trusted (${cause.message}): let sslrootcert name the file of the certificate authority that signed it, or use sslmode=require to encrypt without verifying`,
    );
  }
  return later(
    reasons[code] ??
      (/timeout expired|Query read timeout/.test(cause.message)
        ? 'it did not answer in time'
        : cause.message),
  );
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing is listening there (ECONNREFUSED)',
  ENOENT: 'there is no such socket (ENOENT)',
  ENOTFOUND: 'its host name is not known (ENOTFOUND)',
  EAI_AGAIN: 'its host name is not known (EAI_AGAIN)',
  ETIMEDOUT: 'it did not answer in time (ETIMEDOUT)',
  ENETUNREACH:
    'there is no route to it (ENETUNREACH); if the host has only IPv6 addresses, as direct connections to Supabase do, use its session pooler',
  EHOSTUNREACH: 'there is no route to it (EHOSTUNREACH)',
};

/** Node's names: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
function isCertificateProblem(code: string): boolean {
  return /CERT|^UNABLE_TO_|^ERR_SSL|^ERR_OSSL|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH/.test(
    code,
  );
}

/**
 * Whether the same attempt would fail again: wrong credentials or names, by SQLSTATE class. Poolers use less specific
 * codes, so their messages are examined.
 */
function isLasting({ code = '', message }: pg.DatabaseError): boolean {
  if (/^(28|3D|42|22|0A)/.test(code)) return true;
  return /authentication failed|no such (user|database)|user not found|password/i.test(message);
}
