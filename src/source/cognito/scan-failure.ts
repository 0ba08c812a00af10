import { ScanError } from '../../errors.ts';
import type { Failure } from './failure.ts';
import type { CognitoServer } from './options.ts';

/** The error that ends a scan whose request failed for good, in one line that names the pool and no secret. */
export function scanFailure(
  failure: Failure,
  { userPoolId, region }: CognitoServer,
  attempts: number,
  cause: unknown,
): ScanError {
  const pool = `user pool ${userPoolId} in ${region}`;
  switch (failure.kind) {
    case 'known':
      return failure.error;
    case 'throttled':
      return new ScanError(
        'SCAN_THROTTLED',
        `${pool} must leave room in its request quota, but refused ${attempts} attempts as too many`,
        {},
        cause,
      );
    case 'unavailable':
      return new ScanError(
        'SCAN_UNAVAILABLE',
        `${pool} must answer, but the last of ${attempts} attempts failed: ${failure.what}`,
        {},
        cause,
      );
    case 'malformed':
      return new ScanError(
        'SCAN_INVALID_RESPONSE',
        `${pool} must answer with pages of users, but the last of ${attempts} attempts got ${failure.what}`,
        {},
        cause,
      );
    case 'expired':
    case 'skewed':
    case 'denied':
      return new ScanError(
        'SCAN_DENIED',
        `the credentials for ${pool} must allow cognito-idp:ListUsers, but were refused: ${failure.what}`,
        {},
        cause,
      );
    case 'not-found':
      return new ScanError('SCAN_NOT_FOUND', `${pool} must exist, but AWS knows no such pool`, {}, cause);
    case 'bad-parameter':
    case 'refused':
      return new ScanError(
        'SCAN_INVALID_RESPONSE',
        `${pool} must accept ListUsers, but refused it: ${failure.what}`,
        {},
        cause,
      );
  }
}
