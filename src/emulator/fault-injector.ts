import { ApiError, accessDenied } from './api-error.ts';
import { type AnswerFault, answerShares, checkFaults, type Faults } from './faults.ts';
import { type Random, seededRandom } from './random.ts';

/** https://docs.aws.amazon.com/general/latest/gr/signature-v4-troubleshooting.html */
const maximumSkewMs = 300_000;

/** Decides for each request which faults it meets. There is a new one whenever the faults are assigned. */
export class FaultInjector {
  readonly faults: Faults;
  readonly #random: Random;
  #requests = 0;
  #refusals = 0;

  /** @throws RangeError if a fault is out of range */
  constructor(faults: Faults) {
    checkFaults(faults);
    this.faults = faults;
    this.#random = seededRandom(faults.seed ?? 1);
  }

  /** Counts a request, and draws the fault of its answer. */
  drawAnswerFault(): AnswerFault | undefined {
    this.#requests++;
    let roll = this.#random();
    for (const [fault, share] of answerShares(this.faults)) {
      if (roll < share) return fault;
      roll -= share;
    }
    return undefined;
  }

  /** @throws ApiError if the credentials have been revoked, or are not allowed to list users */
  checkAccess(operation: string): void {
    const { revokeCredentials, denyAccess } = this.faults;
    const refused = this.#requests - (revokeCredentials?.after ?? 0);
    if (revokeCredentials && refused > 0 && refused <= (revokeCredentials.times ?? refused)) {
      const code = revokeCredentials.error ?? 'NotAuthorizedException';
      throw new ApiError(code, 'The security token included in the request is no longer valid');
    }
    if (denyAccess && operation === 'ListUsers') throw accessDenied(operation);
  }

  /** @throws ApiError if the time of the signature differs too much from the service's clock */
  checkClock(signedAt: number | undefined): void {
    const { clockAheadMs } = this.faults;
    if (clockAheadMs === undefined || signedAt === undefined) return;
    if (Math.abs(Date.now() + clockAheadMs - signedAt) < maximumSkewMs) return;
    throw new ApiError('InvalidSignatureException', 'Signature not yet current');
  }

  /** Draws the seed for the order of one scan. */
  drawScanSeed(): number {
    return Math.floor(this.#random() * 0x1_0000_0000);
  }

  /** Draws the number of users of a page, up to `limit`. */
  drawPageSize(limit: number): number {
    const { shortPages = 0 } = this.faults;
    return shortPages > 0 && this.#random() < shortPages ? Math.floor(this.#random() * (limit + 1)) : limit;
  }

  /** Whether this page of a scan, from 0, is one of a run of empty pages. */
  isEmptyPage(page: number): boolean {
    const { emptyPages } = this.faults;
    return emptyPages !== undefined && page % (emptyPages.every + emptyPages.run) < emptyPages.run;
  }

  /** Whether the token after this page of a scan, from 0, leads back to the first page. */
  leadsBack(page: number): boolean {
    const { circularTokens } = this.faults;
    return circularTokens !== undefined && page + 1 >= circularTokens.after;
  }

  /** Draws the place, below `seen`, of an earlier user that a page repeats; undefined if it repeats none. */
  drawRepeatedPlace(seen: number): number | undefined {
    const { repeatedUsers = 0 } = this.faults;
    if (repeatedUsers === 0 || seen === 0 || this.#random() >= repeatedUsers) return undefined;
    return Math.floor(this.#random() * seen);
  }

  /** Whether to refuse the token of a scan that has read this many pages. */
  drawRefusal(pages: number): boolean {
    const { refuseTokens } = this.faults;
    if (!refuseTokens || pages < refuseTokens.after || this.#refusals >= refuseTokens.times) return false;
    this.#refusals++;
    return true;
  }
}
