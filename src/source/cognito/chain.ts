import { ScanError } from '../../errors.ts';
import type { SourceRecord } from '../source.ts';
import type { Page } from './page.ts';

/** The pool no longer accepts a token that it has issued. */
export class TokenRefusedError extends Error {
  /** The scan's error if restarting does not help. */
  readonly failure: ScanError;

  constructor(failure: ScanError) {
    super('the token was refused', { cause: failure });
    this.failure = failure;
  }
}

/**
 * How often a chain may restart. A restart repeats all pages of the chain, so this also bounds the cost of a scan: 21 times
 * its pages.
 */
const maxRestarts = 20;
/**
 * How many consecutive pages may contain no new user, in addition to those that a restarted chain has to repeat. Empty pages
 * and repeated users are legal, but circular tokens would continue forever.
 */
const maxBarrenPages = 1000;

/**
 * Reads one chain of pages to its end, requesting each page while the previous one is delivered. If a token is rejected, the
 * chain restarts, so that records can be delivered twice.
 *
 * @param fetchPage requests the page of a token; the first page has none
 * @param deliver resolves to the number of new records when there is room for another page
 * @throws ScanError if tokens are rejected repeatedly or lead nowhere
 */
export async function readChain(
  fetchPage: (token: string | undefined) => Promise<Page>,
  deliver: (records: readonly SourceRecord[]) => Promise<number>,
): Promise<void> {
  let restarts = 0;
  let pages = 0;
  let barrenPages = 0;
  let repeatedPages = 0;
  let upcoming = fetchPage(undefined);
  for (;;) {
    let page: Page;
    try {
      page = await upcoming;
    } catch (error) {
      if (!(error instanceof TokenRefusedError)) throw error;
      if (restarts === maxRestarts) throw error.failure;
      restarts += 1;
      repeatedPages = Math.max(repeatedPages, pages);
      pages = 0;
      barrenPages = 0;
      upcoming = fetchPage(undefined);
      continue;
    }
    pages += 1;
    const isLast = page.token === undefined;
    if (!isLast) {
      upcoming = fetchPage(page.token);
      // Its failure is handled in the next turn, or ignored if delivering fails.
      upcoming.catch(() => {});
    }
    barrenPages = (await deliver(page.records)) > 0 ? 0 : barrenPages + 1;
    if (isLast) return;
    if (barrenPages > maxBarrenPages + repeatedPages) throw endlessChain(barrenPages);
  }
}

function endlessChain(pages: number): ScanError {
  return new ScanError(
    'SCAN_INVALID_RESPONSE',
    `the user pool's pages lead nowhere: ${pages} in a row had no new user and a token for another page`,
  );
}
