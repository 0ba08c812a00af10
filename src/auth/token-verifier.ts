import { createSecretKey, type KeyObject } from 'node:crypto';
import { errors, type JWTVerifyOptions, jwtVerify } from 'jose';
import type { Clock } from '../clock.ts';
import { UnauthenticatedError } from '../errors.ts';
import type { Claims } from './claims.ts';
import { exactClaims } from './exact-claims.ts';
import { KeySetUnavailableError, type KeySource } from './remote-keys.ts';

/** The rules that a token has to satisfy. */
export interface TokenRules {
  /** Verifies only HS256, HS384 and HS512. */
  readonly secret: string | undefined;
  /** Verifies all other algorithms, and never one of those. */
  readonly keys: KeySource | undefined;
  readonly audience: string | undefined;
  readonly issuer: string | undefined;
  readonly clockToleranceSeconds: number;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * The claims of a valid token.
 *
 * @throws UnauthenticatedError if it is invalid; the message says why, without repeating any of it
 */
export type VerifyToken = (token: string) => Promise<Claims>;

/** The algorithms in use of https://www.iana.org/assignments/jose, without `none`. */
const secretAlgorithms = ['HS256', 'HS384', 'HS512'];
const keyAlgorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

/** Verifies signature, audience, issuer, `exp` and `nbf`. A token without `exp` never expires. */
export function createTokenVerifier(rules: TokenRules): VerifyToken {
  const { keys, audience, issuer, clock } = rules;
  // As a key object, the secret never appears in inspections or errors.
  const secret = rules.secret === undefined ? undefined : createSecretKey(rules.secret, 'utf8');
  const algorithms = [...(secret ? secretAlgorithms : []), ...(keys ? keyAlgorithms : [])];

  return async (token) => {
    const options: JWTVerifyOptions = {
      algorithms,
      clockTolerance: rules.clockToleranceSeconds,
      currentDate: new Date(clock.now()),
      ...(audience !== undefined && { audience }),
      ...(issuer !== undefined && { issuer }),
    };
    try {
      return await verify(token, { secret, keys }, options);
    } catch (error) {
      throw new UnauthenticatedError(whyRefused(error, algorithms));
    }
  };
}

interface Keys {
  readonly secret: KeyObject | undefined;
  readonly keys: KeySource | undefined;
}

async function verify(token: string, { secret, keys }: Keys, options: JWTVerifyOptions): Promise<Claims> {
  try {
    await jwtVerify(
      token,
      (header, jws) => {
        // The algorithm decides which key may be used, so that none can serve as another.
        const key = secretAlgorithms.includes(header.alg ?? '') ? secret : keys?.(header, jws);
        if (!key) throw new errors.JOSEAlgNotAllowed();
        return key;
      },
      options,
    );
    return exactClaims(token);
  } catch (error) {
    if (error instanceof errors.JWKSMultipleMatchingKeys) return verifyWithAny(token, error, options);
    throw error;
  }
}

/** A token without a key id is tried with each of several keys. */
async function verifyWithAny(
  token: string,
  keys: errors.JWKSMultipleMatchingKeys,
  options: JWTVerifyOptions,
): Promise<Claims> {
  for await (const key of keys) {
    try {
      await jwtVerify(token, key, options);
      return exactClaims(token);
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
    }
  }
  throw new errors.JWSSignatureVerificationFailed();
}

function whyRefused(error: unknown, algorithms: readonly string[]): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return whyClaimRefused(error);
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return "the token's signature is not valid";
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return `the token is not signed with one of ${algorithms.join(', ')}`;
  }
  if (error instanceof errors.JWKSNoMatchingKey) {
    return 'the token is not signed with a key of the key set';
  }
  if (error instanceof KeySetUnavailableError) {
    return 'the token could not be verified, because the key set is not available';
  }
  return 'the token is not a signed JWT';
}

function whyClaimRefused({ claim, reason }: errors.JWTClaimValidationFailed): string {
  if (reason === 'missing') return `the token has no claim ${claim}`;
  if (claim === 'nbf' && reason === 'check_failed') return 'the token is not valid yet';
  if (claim === 'aud') return 'the token is meant for another audience';
  if (claim === 'iss') return 'the token comes from another issuer';
  return `the token's claim ${claim} is not valid`;
}
