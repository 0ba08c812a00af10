/**
 * What goes wrong at an emulated pool. Everything is off unless given.
 *
 * Probabilities are shares of all requests, from 0 to 1. Those of the answers that exclude each other (`throttle` to
 * `drippingBody`) add up to 1 at most. Chance comes from `seed`, so that the same requests in the same order meet
 * the same faults.
 */
export interface Faults {
  /** Decides all that is left to chance, the order of users in a scan included. Default 1. */
  readonly seed?: number;

  /** Probability of `TooManyRequestsException`, HTTP 400. */
  readonly throttle?: number;
  /** Probability of `InternalErrorException`, HTTP 500. */
  readonly internalError?: number;
  /** Probability that the connection is reset instead of an answer. */
  readonly reset?: number;
  /** Probability of headers and half a body, after which nothing comes and the connection stays open. */
  readonly stalledBody?: number;
  /** Probability that the connection ends after half the body, short of its Content-Length. */
  readonly truncatedBody?: number;
  /** Probability of HTTP 200 whose whole body is not JSON. */
  readonly malformedJson?: number;
  /** Probability of HTTP 200 with `InternalErrorException` and an empty list of users in the body. */
  readonly maskedError?: number;
  /** A share of answers begins late, by so many milliseconds. */
  readonly slow?: { readonly probability: number; readonly delayMs: number };
  /** A share of answers begins at once, but their body comes in small pieces over so many milliseconds. */
  readonly drippingBody?: { readonly probability: number; readonly overMs: number };

  /** The `Retry-After` of throttles and internal errors. */
  readonly retryAfterSeconds?: number;
  /** How far the service's clock is ahead; requests signed over five minutes off get `InvalidSignatureException`. */
  readonly clockAheadMs?: number;

  /** Probability that a page is cut to a random number of users, from none to its Limit. */
  readonly shortPages?: number;
  /** Before every group of `every` pages come `run` pages that are empty and carry a token. */
  readonly emptyPages?: { readonly every: number; readonly run: number };
  /** Whether an empty page lacks `Users`. */
  readonly omittedUsers?: boolean;
  /** Where the token of a scan that has had so many pages leads: back to its beginning, so that it has no end. */
  readonly circularTokens?: { readonly after: number };
  /** Whether an empty page with a token follows the last user, for ever. */
  readonly endlessTokens?: boolean;
  /** Probability that a page shows one user of an earlier page of its scan once more. */
  readonly repeatedUsers?: number;
  /**
   * Once a scan has had `after` pages, its token is refused with `InvalidParameterException`, and that scan can
   * never go on. Happens to `times` scans.
   */
  readonly refuseTokens?: { readonly after: number; readonly times: number };
  /** After so many requests further ones fail, with `NotAuthorizedException` unless told otherwise. */
  readonly revokeCredentials?: {
    readonly after: number;
    /** How many fail. Default all. */
    readonly times?: number;
    readonly error?: 'NotAuthorizedException' | 'ExpiredTokenException';
  };
  /** Whether `ListUsers` answers `AccessDeniedException`, as for an identity without the permission. */
  readonly denyAccess?: boolean;
}

/** The share of requests that meets each of the answers that exclude each other. */
export function answerShares(faults: Faults): readonly (readonly [fault: AnswerFault, share: number])[] {
  return [
    ['throttle', faults.throttle ?? 0],
    ['internalError', faults.internalError ?? 0],
    ['reset', faults.reset ?? 0],
    ['stalledBody', faults.stalledBody ?? 0],
    ['truncatedBody', faults.truncatedBody ?? 0],
    ['malformedJson', faults.malformedJson ?? 0],
    ['maskedError', faults.maskedError ?? 0],
    ['slow', faults.slow?.probability ?? 0],
    ['drippingBody', faults.drippingBody?.probability ?? 0],
  ];
}

/** A fault of one answer; of these, one answer has at most one. */
export type AnswerFault =
  | 'throttle'
  | 'internalError'
  | 'reset'
  | 'stalledBody'
  | 'truncatedBody'
  | 'malformedJson'
  | 'maskedError'
  | 'slow'
  | 'drippingBody';

/** @throws RangeError where a knob is out of its range */
export function checkFaults(faults: Faults): void {
  const shares = answerShares(faults);
  for (const [name, share] of [
    ...shares,
    ['shortPages', faults.shortPages ?? 0] as const,
    ['repeatedUsers', faults.repeatedUsers ?? 0] as const,
  ]) {
    if (!(share >= 0 && share <= 1)) {
      throw new RangeError(`the probability of ${name} must be from 0 to 1, but got ${share}`);
    }
  }
  const sum = shares.reduce((total, [, share]) => total + share, 0);
  // Sums such as 0.7 + 0.2 + 0.1 exceed 1 by rounding.
  if (sum > 1 + Number.EPSILON * shares.length) {
    throw new RangeError(
      `the probabilities of ${shares.map(([name]) => name).join(', ')} must add up to 1 at most, but got ${sum}`,
    );
  }
  for (const [name, count, least] of counts(faults)) {
    if (!(Number.isInteger(count) && count >= least)) {
      throw new RangeError(`${name} must be a whole number from ${least}, but got ${count}`);
    }
  }
}

function counts(faults: Faults): readonly (readonly [name: string, count: number, least: number])[] {
  return [
    ['seed', faults.seed ?? 1, Number.MIN_SAFE_INTEGER],
    ['slow.delayMs', faults.slow?.delayMs ?? 0, 0],
    ['drippingBody.overMs', faults.drippingBody?.overMs ?? 0, 0],
    ['emptyPages.every', faults.emptyPages?.every ?? 1, 1],
    ['emptyPages.run', faults.emptyPages?.run ?? 0, 0],
    ['circularTokens.after', faults.circularTokens?.after ?? 1, 1],
    ['retryAfterSeconds', faults.retryAfterSeconds ?? 0, 0],
    ['refuseTokens.after', faults.refuseTokens?.after ?? 1, 1],
    ['refuseTokens.times', faults.refuseTokens?.times ?? 0, 0],
    ['revokeCredentials.after', faults.revokeCredentials?.after ?? 0, 0],
    ['revokeCredentials.times', faults.revokeCredentials?.times ?? 0, 0],
  ];
}
