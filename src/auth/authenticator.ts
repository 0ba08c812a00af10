import { ConfigurationError, UnauthenticatedError } from '../errors.ts';
import type { Observe } from '../observation.ts';
import { bearerToken } from './bearer.ts';
import type { Claims } from './claims.ts';
import { createRemoteKeys } from './remote-keys.ts';
import { roleOf } from './role.ts';
import { createTokenVerifier, type VerifyToken } from './token-verifier.ts';

/** Who sent a request, as far as the gateway believes it. */
export interface Caller {
  /** A role that exists in Postgres. */
  readonly role: string;
  /** The claims of the verified token; empty without one. */
  readonly claims: Claims;
  /** Whether a token was verified. */
  readonly authenticated: boolean;
}

export interface Authenticator {
  /**
   * @param authorization the request's `Authorization` header
   * @throws UnauthenticatedError where the caller cannot be believed
   */
  authenticate(authorization: string | null): Promise<Caller>;
  /** Whether tokens are verified at all; without it every request has the same role. */
  readonly verifiesTokens: boolean;
  /** Whether a request without a token is refused. */
  readonly required: boolean;
}

export interface AuthenticatorOptions {
  /** Shared secret of at least 32 bytes, for HS256, HS384 and HS512. */
  readonly jwtSecret?: string | undefined;
  /** Address of a JSON Web Key Set, for RSA, EC and EdDSA signatures. */
  readonly jwksUrl?: string | undefined;
  /** What a token's `aud` must be or contain. */
  readonly audience?: string | undefined;
  /** What a token's `iss` must be. */
  readonly issuer?: string | undefined;
  /** Path of the claim that names the role; `role` by default. */
  readonly roleClaim?: string | undefined;
  /** The role of requests without a token, and of tokens without the claim. */
  readonly anonRole?: string | undefined;
  /** The role of every request where neither a verification nor an anonymous role is configured. */
  readonly loginRole: string;
  /** Whether Postgres has the role now. */
  readonly roleExists: (role: string) => boolean;
  readonly observe?: Observe | undefined;
  /** Milliseconds since 1970. */
  readonly clock?: (() => number) | undefined;
  /** By how many seconds an issuer's clock may differ from ours; 5 by default. */
  readonly clockToleranceSeconds?: number | undefined;
}

/** Bytes of the shortest secret for HS256 (RFC 7518, section 3.2). */
const shortestSecret = 32;

/**
 * Establishes who is asking. A token that is sent is always verified, also where requests without one are
 * answered; only where no verification is configured, and so every caller is the same, it is ignored.
 *
 * @throws ConfigurationError where the options are wrong or contradict each other
 */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { roleExists, anonRole } = options;
  const roleClaim = nonEmpty('--jwt-role-claim', 'the path of a claim', options.roleClaim) ?? 'role';
  const verify = createVerifier(options);
  if (anonRole !== undefined && !roleExists(anonRole)) {
    throw new ConfigurationError(
      `--anon-role must be a role of the database, but got ${JSON.stringify(anonRole)}`,
    );
  }

  function anonymous(): Caller {
    const role = anonRole ?? (verify ? undefined : options.loginRole);
    if (role === undefined) {
      throw new UnauthenticatedError('the request must carry Authorization: Bearer <token>, but has none');
    }
    assertExists(role, roleExists);
    return { role, claims: {}, authenticated: false };
  }

  return {
    async authenticate(authorization) {
      if (!verify || authorization === null) return anonymous();
      const claims = await verify(bearerToken(authorization));
      const role = roleOf(claims, roleClaim, roleExists) ?? anonRole;
      if (role === undefined) {
        throw new UnauthenticatedError(`the token must name a role in its claim ${roleClaim}, but has none`);
      }
      assertExists(role, roleExists);
      return { role, claims, authenticated: true };
    },
    verifiesTokens: verify !== undefined,
    required: verify !== undefined && anonRole === undefined,
  };
}

/** A role may have been dropped since the start. */
function assertExists(role: string, roleExists: (role: string) => boolean): void {
  if (!roleExists(role)) throw new UnauthenticatedError('the role of the request no longer exists');
}

function createVerifier(options: AuthenticatorOptions): VerifyToken | undefined {
  const { observe, clock = Date.now, clockToleranceSeconds = 5 } = options;
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
    refuseWithoutVerification({
      '--jwt-audience': audience,
      '--jwt-issuer': issuer,
      '--jwt-role-claim': options.roleClaim,
    });
    return undefined;
  }
  const keys = jwksUrl && createRemoteKeys(jwksUrl, observe);
  return createTokenVerifier({ secret, keys, audience, issuer, clockToleranceSeconds, clock });
}

function refuseWithoutVerification(flags: Readonly<Record<string, string | undefined>>): void {
  for (const [flag, value] of Object.entries(flags)) {
    if (value === undefined) continue;
    throw new ConfigurationError(
      `${flag} must come with --jwt-secret or --jwks-url, but got ${JSON.stringify(value)} without either`,
    );
  }
}

function nonEmpty(flag: string, what: string, value: string | undefined): string | undefined {
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

/** Whatever stands before an @ may be a password. */
function withoutPassword(text: string): string {
  return text.replace(/^.*@/s, '…@');
}
