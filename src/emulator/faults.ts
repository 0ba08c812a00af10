/**
 * The faults of the emulated API; none by default.
 *
 * Probabilities are shares of all requests, from 0 to 1. The faults from `throttle` to `drippingBody` exclude each other, so
 * that their probabilities add up to 1 at most. Random numbers depend on `seed` alone, so that the same requests in the same
 * order meet the same faults.
 */
export interface Faults {
  /** The seed of all random numbers, which also decide the order of users in a scan; 1 by default. */
  readonly seed?: number;

  /** Probability of `TooManyRequestsException`, HTTP 400. */
  readonly throttle?: number;
  /** Probability of `InternalErrorException`, HTTP 500. */
  readonly internalError?: number;
  /** Probability that the connection is reset instead of answered. */
  readonly reset?: number;
  /** Probability that the body stops half-way while the connection stays open. */
  readonly stalledBody?: number;
  /** Probability that the connection is closed after half of the body. */
  readonly truncatedBody?: number;
  /** Probability of HTTP 200 with a complete body that is not JSON. */
  readonly malformedJson?: number;
  /** Probability of HTTP 200 with `InternalErrorException` and an empty list of users in the body. */
  readonly maskedError?: number;
  /** Probability and delay of a late answer. */
  readonly slow?: { readonly probability: number; readonly delayMs: number };
  /** Probability and duration of a body that arrives in small pieces. */
  readonly drippingBody?: { readonly probability: number; readonly overMs: number };

  /** The `Retry-After` of throttles and internal errors. */
  readonly retryAfterSeconds?: number;
  /** How far the service's clock is ahead. Requests signed more than five minutes off get `InvalidSignatureException`. */
  readonly clockAheadMs?: number;

  /** Probability that a page has a random number of users, from 0 to its Limit. */
  readonly shortPages?: number;
  /** `run` empty pages with a token before every `every` pages. */
  readonly emptyPages?: { readonly every: number; readonly run: number };
  /** Whether empty pages have no `Users`. */
  readonly omittedUsers?: boolean;
  /** The number of pages after which tokens lead back to the first page, so that the scan never ends. */
  readonly circularTokens?: { readonly after: number };
  /** Whether empty pages with a token follow the last user for ever. */
  readonly endlessTokens?: boolean;
  /** Probability that a page repeats a user of an earlier page of its scan. */
  readonly repeatedUsers?: number;
  /**
   * After `after` pages of a scan its token is refused with `InvalidParameterException`, and the scan cannot be continued. This
   * happens to `times` scans.
   */
  readonly refuseTokens?: { readonly after: number; readonly times: number };
  /** After this many requests, further ones fail, by default with `NotAuthorizedException`. */
  readonly revokeCredentials?: {
    readonly after: number;
    /** How many fail; all by default. */
    readonly times?: number;
    readonly error?: 'NotAuthorizedException' | 'ExpiredTokenException';
  };
  /** Whether `ListUsers` fails with `AccessDeniedException`, as for an identity without the permission. */
  readonly denyAccess?: boolean;
}

/** The probabilities of the faults that exclude each other. */
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

/** The faults that exclude each other: one answer has at most one. */
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

/** @throws RangeError if a fault is out of range */
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
