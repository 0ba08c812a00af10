import { ScanError, type ScanErrorCode } from '../../errors.ts';
import { counted } from '../../wording.ts';
import type { Failure } from './failure.ts';
import type { CognitoServer } from './options.ts';

/** The error of a scan whose request failed permanently, in one line that names the pool but no secret. */
export function scanFailure(
  failure: Failure,
  { userPoolId, region }: CognitoServer,
  attempts: number,
  cause: unknown,
): ScanError {
  const pool = `user pool ${userPoolId} in ${region}`;
  const scanError = (code: ScanErrorCode, detail: string) => new ScanError(code, detail, { cause });
  switch (failure.kind) {
    case 'known':
      return failure.error;
    case 'throttled':
      return scanError(
        'SCAN_THROTTLED',
        `${pool} throttled ${counted(attempts, 'attempt')}: its request quota is used up`,
      );
    case 'unavailable':
      return scanError('SCAN_UNAVAILABLE', `${pool} failed ${counted(attempts, 'time')}: ${failure.what}`);
    case 'malformed':
      return scanError(
        'SCAN_INVALID_RESPONSE',
        `${pool} answered ${counted(attempts, 'time')} with ${failure.what}`,
      );
    case 'skewed':
    case 'denied':
      return scanError(
        'SCAN_DENIED',
        `there are no credentials that ${pool} accepts (${failure.what}): they must be valid and allow cognito-idp:ListUsers`,
      );
    case 'not-found':
      return scanError('SCAN_NOT_FOUND', `${pool} does not exist`);
    case 'bad-parameter':
    case 'refused':
      return scanError('SCAN_INVALID_RESPONSE', `${pool} refused ListUsers: ${failure.what}`);
  }
}
