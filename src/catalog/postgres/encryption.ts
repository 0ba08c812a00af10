import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { ConfigurationError } from '../../errors.ts';
import type { ConnectionParameters } from './connection-parameters.ts';

/** How one attempt to connect is encrypted; false means not at all. */
export type Encryption = false | ConnectionOptions;

/**
 * The encryptions to try in order, as defined by libpq's `sslmode`.
 *
 * https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION
 *
 * @throws ConfigurationError if a file that a parameter names cannot be read
 */
export function encryptionsOf(parameters: ConnectionParameters, host: string): readonly Encryption[] {
  if (host.startsWith('/')) return [false];
  const { sslMode, sslRootCert } = parameters;
  const own = clientCertificateOf(parameters);
  const unverified = { ...own, rejectUnauthorized: false };
  switch (sslMode) {
    case 'disable':
      return [false];
    case 'allow':
      return [false, unverified];
    case 'prefer':
      return [unverified, false];
    case 'require':
      // With a root certificate, `require` means verify-ca, for backward compatibility.
      return [sslRootCert ? { ...own, ...rootsOf(sslRootCert), checkServerIdentity: anyHost } : unverified];
    case 'verify-ca':
      return [{ ...own, ...rootsOf(sslRootCert), checkServerIdentity: anyHost }];
    case 'verify-full':
      return [{ ...own, ...rootsOf(sslRootCert) }];
  }
}

function anyHost(): undefined {}

/** Without a file, also in libpq's default location, Node's own root certificates are trusted: those of public CAs. */
function rootsOf(file: string | undefined): ConnectionOptions {
  if (file === 'system') return {};
  const usual = join(homedir(), '.postgresql', 'root.crt');
  const path = file ?? (existsSync(usual) ? usual : undefined);
  return path === undefined ? {} : { ca: read('sslrootcert', path) };
}

function clientCertificateOf({ sslCert, sslKey }: ConnectionParameters): ConnectionOptions {
  return {
    ...(sslCert === undefined ? {} : { cert: read('sslcert', sslCert) }),
    ...(sslKey === undefined ? {} : { key: read('sslkey', sslKey) }),
  };
}

function read(parameter: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigurationError(`${parameter}: the file ${path} cannot be read`, cause);
  }
}
