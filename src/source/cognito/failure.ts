import {
  getRetryAfterHint,
  isClockSkewCorrectedError,
  isServerError,
  isThrottlingError,
  isTransientError,
} from '@smithy/core/retry';
import { codeOf, ScanError } from '../../errors.ts';
import { MalformedAnswerError } from './page.ts';

/** Why a request failed, classified by what to do about it. `what` is for people and contains no secret. */
export type Failure =
  /** Throttled: to be retried at a lower rate. */
  | { readonly kind: 'throttled'; readonly retryAfterMs?: number | undefined }
  /** The network or the service failed: worth a retry. */
  | { readonly kind: 'unavailable'; readonly what: string; readonly retryAfterMs?: number | undefined }
  /** The answer is malformed: worth a retry. */
  | { readonly kind: 'malformed'; readonly what: string }
  /** The clock was wrong, and the SDK has corrected for it: worth one retry. */
  | { readonly kind: 'skewed'; readonly what: string }
  /** The credentials have expired or do not permit the request: worth one retry with new ones. */
  | { readonly kind: 'denied'; readonly what: string }
  /** There is no such pool. */
  | { readonly kind: 'not-found' }
  /** The parameters were rejected, of which only the token differs between pages. */
  | { readonly kind: 'bad-parameter'; readonly what: string }
  /** Any other rejection. */
  | { readonly kind: 'refused'; readonly what: string }
  /** An error that needs no further classification. */
  | { readonly kind: 'known'; readonly error: ScanError };

/** Classifies an error, by its type and never by its message. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ScanError) {
    return error.code === 'SCAN_UNAVAILABLE'
      ? { kind: 'unavailable', what: error.detail }
      : { kind: 'known', error };
  }
  if (error instanceof MalformedAnswerError) return { kind: 'malformed', what: error.message };
  if (error instanceof TimeoutError) return { kind: 'unavailable', what: error.message };
  if (!(error instanceof Error)) return { kind: 'unavailable', what: 'it failed' };
  if (isAnswered(error)) return serviceFailure(error);
  // Only of an error that no service wrote is the name the SDK's.
  if (error.name.endsWith('ProviderError')) return chainFailure();
  const code = codeOf(error);
  return {
    kind: 'unavailable',
    what: code && /^\w+$/.test(code) ? `the connection failed (${code})` : 'it failed',
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
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/CommonErrors.html and ListUsers' own
 * errors. Throttling and transient errors are those that the SDK knows as such.
 */
const denials = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'ExpiredToken',
  'ExpiredTokenException',
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
  'TokenRefreshRequired',
  'UnauthorizedOperation',
  'UnrecognizedClientException',
]);
const badParameters = new Set(['InvalidParameterException', 'ValidationError', 'ValidationException']);
const temporary = new Set(['InternalErrorException', 'InternalFailure', 'ServiceUnavailable']);

type SdkError = Parameters<typeof isThrottlingError>[0];

/** An error from an answer, with its HTTP status as noted by the SDK. */
interface AnsweredError extends SdkError {
  readonly $metadata: NonNullable<SdkError['$metadata']> & { readonly httpStatusCode: number };
}

function isAnswered(error: Error): error is AnsweredError {
  const metadata = '$metadata' in error ? error.$metadata : undefined;
  return (
    typeof metadata === 'object' &&
    metadata !== null &&
    'httpStatusCode' in metadata &&
    typeof metadata.httpStatusCode === 'number'
  );
}

function serviceFailure(error: AnsweredError): Failure {
  const status = error.$metadata.httpStatusCode;
  // Errors of the service say which side is at fault; others are the SDK's own, about answers it could not parse.
  const type = '$fault' in error && error.name !== 'Unknown' ? error.name : undefined;
  const what = type !== undefined && /^\w+$/.test(type) ? type : `HTTP status ${status}`;
  const retryAfterMs = retryAfterOf(error);
  if (isThrottlingError(error)) return { kind: 'throttled', retryAfterMs };
  if (type !== undefined && denials.has(type)) {
    return { kind: isClockSkewCorrectedError(error) ? 'skewed' : 'denied', what };
  }
  if (type === 'ResourceNotFoundException') return { kind: 'not-found' };
  if (type !== undefined && badParameters.has(type)) return { kind: 'bad-parameter', what };
  if (type !== undefined && temporary.has(type)) return { kind: 'unavailable', what, retryAfterMs };
  if (isTransientError(error) || isServerError(error)) return { kind: 'unavailable', what, retryAfterMs };
  if (status === 401 || status === 403) return { kind: 'denied', what };
  // Redirects and 404 mean a wrong URL or a proxy in between, and 408 is a timeout: none is an answer of
  // Cognito's.
  if (status < 400 || status === 404 || status === 408) return { kind: 'unavailable', what, retryAfterMs };
  return { kind: 'refused', what };
}

/** How long the service asks to wait, by the headers that the SDK knows: for ever if no date can hold it. */
function retryAfterOf(error: Error): number | undefined {
  const at = '$response' in error ? getRetryAfterHint(error.$response) : undefined;
  if (!at) return undefined;
  const ms = at.getTime() - Date.now();
  return Number.isNaN(ms) ? Number.POSITIVE_INFINITY : Math.max(0, ms);
}

/**
 * The variables of the endpoint that hands out the credentials of a container. The chain asks it last, and does not say
 * why it has got none: https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
const endpointVariables = ['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];

function chainFailure(): Failure {
  const variable = endpointVariables.find((name) => process.env[name]);
  return variable === undefined
    ? { kind: 'denied', what: "AWS' credential chain has none" }
    : { kind: 'unavailable', what: `AWS' credential chain got none from the endpoint of ${variable}` };
}
