import { ScanError } from '../../errors.ts';
import { RefusalError } from './answer.ts';
import { MalformedAnswerError } from './page.ts';

/** Why a request failed, as far as it decides what to do about it. `what` is for people and holds no secret. */
export type Failure =
  /** One request too many: to be sent again, slower. */
  | { readonly kind: 'throttled' }
  /** The network, the service or the answer failed: worth another attempt. */
  | { readonly kind: 'unavailable' | 'malformed'; readonly what: string }
  /** The credentials have expired, or the clock was wrong and is corrected now: worth one more attempt. */
  | { readonly kind: 'expired' | 'skewed'; readonly what: string }
  /** The credentials do not allow the request. */
  | { readonly kind: 'denied'; readonly what: string }
  /** There is no such pool. */
  | { readonly kind: 'not-found' }
  /** The request's parameters were refused, of which only the token differs from page to page. */
  | { readonly kind: 'bad-parameter'; readonly what: string }
  /** Any other refusal. */
  | { readonly kind: 'refused'; readonly what: string }
  /** An error that already says all. */
  | { readonly kind: 'known'; readonly error: ScanError };

/** The failure that an error stands for. Errors are told apart by type, never by message. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ScanError) return { kind: 'known', error };
  if (error instanceof RefusalError) return refusalFailure(error);
  if (error instanceof MalformedAnswerError) return { kind: 'malformed', what: error.message };
  if (error instanceof TimeoutError) return { kind: 'unavailable', what: error.message };
  if (error instanceof Error && error.name.endsWith('ProviderError')) {
    return { kind: 'denied', what: "AWS' credential chain has none" };
  }
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return {
    kind: 'unavailable',
    what: typeof code === 'string' && /^\w+$/.test(code) ? `the connection failed (${code})` : 'it failed',
  };
}

/** No answer came in time. */
export class TimeoutError extends Error {
  constructor(ms: number) {
    super(`there was no answer within ${ms / 1000} s`);
  }
}

/**
 * The names that AWS services give to errors:
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/CommonErrors.html, ListUsers' own
 * errors, and the list of throttling errors that the SDKs share
 * (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
 */
const throttles = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);
const expiries = new Set(['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired']);
const denials = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'NotAuthorized',
  'NotAuthorizedException',
  'OptInRequired',
  'RequestExpired',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  'UnauthorizedOperation',
  'UnrecognizedClientException',
]);
const badParameters = new Set(['InvalidParameterException', 'ValidationError', 'ValidationException']);
const temporary = new Set([
  'InternalErrorException',
  'InternalFailure',
  'RequestTimeout',
  'ServiceUnavailable',
]);

function refusalFailure(error: RefusalError): Failure {
  const { type, status } = error;
  const what = type !== undefined && /^\w+$/.test(type) ? type : `HTTP status ${status}`;
  if (status === 429 || (type !== undefined && throttles.has(type))) return { kind: 'throttled' };
  if (type === undefined) return refusalOfStatus(status, what);
  if (expiries.has(type)) return { kind: 'expired', what };
  if (denials.has(type)) {
    return { kind: error.$metadata.clockSkewCorrected ? 'skewed' : 'denied', what };
  }
  if (type === 'ResourceNotFoundException') return { kind: 'not-found' };
  if (badParameters.has(type)) return { kind: 'bad-parameter', what };
  if (temporary.has(type)) return { kind: 'unavailable', what };
  return refusalOfStatus(status, what);
}

function refusalOfStatus(status: number, what: string): Failure {
  if (status === 401 || status === 403) return { kind: 'denied', what };
  // Redirects and 404 are a wrong address or a proxy on the way, and 408 is a timeout: none is an answer of
  // Cognito's.
  if (status >= 500 || status < 400 || status === 404 || status === 408) return { kind: 'unavailable', what };
  return { kind: 'refused', what };
}
