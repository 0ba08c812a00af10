import { UnauthenticatedError } from '../errors.ts';
import { type Claims, claimAt } from './claims.ts';

/**
 * The Postgres role that a token's claim names; undefined if the token does not have the claim. Of a list, such as
 * Cognito's groups, it is the first element that is a role.
 *
 * @throws UnauthenticatedError if the claim does not name an existing role
 */
export function roleOf(
  claims: Claims,
  path: string,
  roleExists: (role: string) => boolean,
): string | undefined {
  const value = claimAt(claims, path) ?? [];
  const candidates: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (candidates.length === 0) return undefined;
  const role = candidates.find(
    (candidate) => typeof candidate === 'string' && candidate !== '' && roleExists(candidate),
  );
  if (typeof role !== 'string') {
    throw new UnauthenticatedError(`the token's claim ${path} does not name a role of the database`);
  }
  return role;
}
