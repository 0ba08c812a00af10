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
}

/** The roles of the catalog at one time. */
export interface PostgresRoles {
  /** The role of every request if neither token verification nor an anonymous role is configured. */
  readonly loginRole: string;
  readonly roleExists: (role: string) => boolean;
}

export interface AuthenticationOptions extends VerificationOptions {
  /** Path of the claim that names the role; `role` by default. */
  readonly roleClaim?: string | undefined;
  /** The role of requests without a token, and of tokens without the claim. */
  readonly anonRole?: string | undefined;
}

/**
 * How requests are authenticated, whatever roles Postgres has. A token that is sent is always verified, even if requests without
 * one are answered. It is only ignored if no verification is configured, since every caller is then the same.
 */
export class Authentication {
  readonly #tokens: VerifiedTokens | undefined;
  readonly #anonRole: string | undefined;
  /** The path of the claim that names the role. */
  readonly #rolePath: string;

  /** @throws ConfigurationError if the options are wrong or contradict each other */
  constructor(options: AuthenticationOptions) {
    const roleClaim = nonEmpty('--jwt-role-claim', 'the path of a claim', options.roleClaim);
    this.#tokens = configureVerifier(options);
    if (!this.#tokens && roleClaim !== undefined) refuseWithoutVerification('--jwt-role-claim', roleClaim);
    this.#anonRole = options.anonRole;
    this.#rolePath = roleClaim ?? 'role';
  }

  /** Whether tokens are verified at all; if not, every request has the same role. */
  get verifiesTokens(): boolean {
    return this.#tokens !== undefined;
  }

  /** The number and size of the cached tokens. */
  get remembered(): CacheSize {
    return this.#tokens?.size ?? { entries: 0, bytes: 0 };
  }

  /** @throws ConfigurationError if the anonymous role does not exist */
  assertRoles({ roleExists }: PostgresRoles): void {
    const anonRole = this.#anonRole;
    if (anonRole === undefined || roleExists(anonRole)) return;
    throw new ConfigurationError(
      `--anon-role must be a role of the database, but got ${JSON.stringify(anonRole)}`,
    );
  }

  /** Authenticates for the roles that Postgres has at one time. */
  withRoles(roles: PostgresRoles): Authenticator {
    const tokens = this.#tokens;
    return {
      authenticate: (authorization) =>
        tokens && authorization !== null
          ? this.#bearer(authorization, tokens, roles)
          : this.#anonymous(roles),
    };
  }

  #anonymous({ loginRole, roleExists }: PostgresRoles): Caller {
    const role = this.#anonRole ?? (this.#tokens ? undefined : loginRole);
    if (role === undefined) {
      throw new UnauthenticatedError('the request has no token; send Authorization: Bearer <token>');
    }
    assertExists(role, roleExists);
    return { role, claims: noClaims, authenticated: false };
  }

  async #bearer(
    authorization: string,
    tokens: VerifiedTokens,
    { roleExists }: PostgresRoles,
  ): Promise<Caller> {
    const claims = await tokens.verify(bearerToken(authorization));
    const role = roleOf(claims, this.#rolePath, roleExists) ?? this.#anonRole;
    if (role === undefined) {
      throw new UnauthenticatedError(`the token has no claim ${this.#rolePath} that names a role`);
    }
    assertExists(role, roleExists);
    return { role, claims, authenticated: true };
  }
}

const noClaims: Claims = Object.freeze({});

/** A role may have been dropped since the start. */
function assertExists(role: string, roleExists: (role: string) => boolean): void {
  if (!roleExists(role)) throw new UnauthenticatedError('the role of the request no longer exists');
}
