import { type Clock, systemClock } from '../clock.ts';
import { ConfigurationError } from '../errors.ts';
import type { Observe } from '../observation.ts';
import { createRemoteKeys } from './remote-keys.ts';
import { createTokenVerifier } from './token-verifier.ts';
import { VerifiedTokens } from './verified-tokens.ts';

/** How tokens are verified; without a secret or URL they are not. */
export interface VerificationOptions {
  /** Shared secret of at least 32 bytes, for HS256, HS384 and HS512. */
  readonly jwtSecret?: string | undefined;
  /** URL of a JSON Web Key Set, for RSA, EC and EdDSA signatures. */
  readonly jwksUrl?: string | undefined;
  /** What a token's `aud` must be or contain. */
  readonly audience?: string | undefined;
  /** What a token's `iss` must be. */
  readonly issuer?: string | undefined;
  readonly observe?: Observe | undefined;
  readonly clock?: Pick<Clock, 'now' | 'monotonic'> | undefined;
  /** By how many seconds an issuer's clock may differ from ours; 5 by default. */
  readonly clockToleranceSeconds?: number | undefined;
}

/** The minimum length of a secret for HS256 in bytes (RFC 7518, section 3.2). */
const shortestSecret = 32;

/**
 * Makes the verifier that the options describe; undefined if they describe none.
 *
 * @throws ConfigurationError if they are wrong or contradict each other
 */
export function configureVerifier(options: VerificationOptions): VerifiedTokens | undefined {
  const { observe = () => {}, clock = systemClock, clockToleranceSeconds = 5 } = options;
  const secret = sufficientSecret(options.jwtSecret);
  const jwksUrl = httpUrl(options.jwksUrl);
  const audience = nonEmpty('--jwt-audience', 'an audience', options.audience);
  const issuer = nonEmpty('--jwt-issuer', 'an issuer', options.issuer);
  if (!Number.isFinite(clockToleranceSeconds) || clockToleranceSeconds < 0) {
    throw new ConfigurationError(
      `the clock tolerance must be a number of seconds from 0, but got ${clockToleranceSeconds}`,
    );
  }
  if (secret === undefined && jwksUrl === undefined) {
    if (audience !== undefined) refuseWithoutVerification('--jwt-audience', audience);
    if (issuer !== undefined) refuseWithoutVerification('--jwt-issuer', issuer);
    return undefined;
  }
  const keys = jwksUrl && createRemoteKeys(jwksUrl, { observe, clock });
  const verify = createTokenVerifier({ secret, keys, audience, issuer, clockToleranceSeconds, clock });
  return new VerifiedTokens(verify, { clock, clockToleranceSeconds });
}

/** A flag without effect is a mistake, and possibly a dangerous one. */
export function refuseWithoutVerification(flag: string, value: string): never {
  throw new ConfigurationError(
    `${flag} must come with --jwt-secret or --jwks-url, but got ${JSON.stringify(value)} without either`,
  );
}

/** The flag's value, which may be absent but not blank. */
export function nonEmpty(flag: string, what: string, value: string | undefined): string | undefined {
  if (value?.trim() === '') {
    throw new ConfigurationError(`${flag} must be ${what}, but got ${JSON.stringify(value)}`);
  }
  return value;
}

function sufficientSecret(secret: string | undefined): string | undefined {
  if (secret === undefined) return undefined;
  const bytes = Buffer.byteLength(secret);
  if (bytes < shortestSecret) {
    throw new ConfigurationError(`--jwt-secret must have at least ${shortestSecret} bytes, but got ${bytes}`);
  }
  return secret;
}

function httpUrl(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new ConfigurationError(
      `--jwks-url must be an http or https address, but got ${JSON.stringify(withoutPassword(text))}`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new ConfigurationError(
      `--jwks-url must be an address without a user name and password, but got one with them at ${url.host}`,
    );
  }
  return url;
}

/** Anything before an @ may be a password. */
function withoutPassword(text: string): string {
  return text.replace(/^.*@/s, '…@');
}
