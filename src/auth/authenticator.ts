import type { CacheSize } from '../cache-size.ts';
import { ConfigurationError, UnauthenticatedError } from '../errors.ts';
import { bearerToken } from './bearer.ts';
import type { Claims } from './claims.ts';
import { roleOf } from './role.ts';
import {
  configureVerifier,
  nonEmpty,
  refuseWithoutVerification,
  type VerificationOptions,
} from './verification.ts';
import type { VerifiedTokens } from './verified-tokens.ts';

/** The sender of a request. */
export interface Caller {
  /** A role that exists in Postgres. */
  readonly role: string;
  /** The claims of the verified token; empty without one. */
  readonly claims: Claims;
  /** Whether a token was verified. */
  readonly authenticated: boolean;
}

/** Finds out who sends a request. */
export interface Authenticator {
  /**
   * Authenticates a request. The result is a promise only if a token has to be verified.
   *
   * @param authorization the request's `Authorization` header
   * @throws UnauthenticatedError if the request has no valid token and needs one
   */
  authenticate(authorization: string | null): Caller | Promise<Caller>;
  /** The number and size of the cached tokens. */
  readonly remembered: CacheSize;
  /** Whether tokens are verified at all; if not, every request has the same role. */
  readonly verifiesTokens: boolean;
  /** The same verification with the same keys, for other roles in Postgres. */
  withRoles(roles: PostgresRoles): Authenticator;
}

/** The roles of the catalog at one time. */
export interface PostgresRoles {
  /** The role of every request if neither token verification nor an anonymous role is configured. */
  readonly loginRole: string;
  readonly roleExists: (role: string) => boolean;
}

export interface AuthenticatorOptions extends VerificationOptions, PostgresRoles {
  /** Path of the claim that names the role; `role` by default. */
  readonly roleClaim?: string | undefined;
  /** The role of requests without a token, and of tokens without the claim. */
  readonly anonRole?: string | undefined;
}

/**
 * Authenticates requests. A token that is sent is always verified, even if requests without one are answered. It is only
 * ignored if no verification is configured, since every caller is then the same.
 *
 * @throws ConfigurationError if the options are wrong or contradict each other
 */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { anonRole } = options;
  const roleClaim = nonEmpty('--jwt-role-claim', 'the path of a claim', options.roleClaim);
  const tokens = configureVerifier(options);
  if (!tokens && roleClaim !== undefined) refuseWithoutVerification('--jwt-role-claim', roleClaim);
  if (anonRole !== undefined && !options.roleExists(anonRole)) {
    throw new ConfigurationError(
      `--anon-role must be a role of the database, but got ${JSON.stringify(anonRole)}`,
    );
  }
  return authenticatorFor({ tokens, anonRole, rolePath: roleClaim ?? 'role' }, options);
}

/** The part of an authenticator that does not depend on the catalog. */
interface Rules {
  readonly tokens: VerifiedTokens | undefined;
  readonly anonRole: string | undefined;
  /** The path of the claim that names the role. */
  readonly rolePath: string;
}

function authenticatorFor(rules: Rules, { loginRole, roleExists }: PostgresRoles): Authenticator {
  const { tokens, anonRole, rolePath } = rules;

  function anonymous(): Caller {
    const role = anonRole ?? (tokens ? undefined : loginRole);
    if (role === undefined) {
      throw new UnauthenticatedError('the request has no token; send Authorization: Bearer <token>');
    }
    assertExists(role, roleExists);
    return { role, claims: {}, authenticated: false };
  }

  async function bearer(authorization: string, verified: VerifiedTokens): Promise<Caller> {
    const claims = await verified.verify(bearerToken(authorization));
    const role = roleOf(claims, rolePath, roleExists) ?? anonRole;
    if (role === undefined) {
      throw new UnauthenticatedError(`the token has no claim ${rolePath} that names a role`);
    }
    assertExists(role, roleExists);
    return { role, claims, authenticated: true };
  }

  return {
    authenticate: (authorization) =>
      tokens && authorization !== null ? bearer(authorization, tokens) : anonymous(),
    verifiesTokens: tokens !== undefined,
    get remembered() {
      return tokens?.size ?? nothing;
    },
    withRoles: (roles) => authenticatorFor(rules, roles),
  };
}

const nothing: CacheSize = { entries: 0, bytes: 0 };

/** A role may have been dropped since the start. */
function assertExists(role: string, roleExists: (role: string) => boolean): void {
  if (!roleExists(role)) throw new UnauthenticatedError('the role of the request no longer exists');
}
