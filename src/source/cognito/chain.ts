import { ScanError } from '../../errors.ts';
import type { SourceRecord } from '../source.ts';
import type { Page } from './page.ts';

/** The pool does not know a token any more that it has given out. */
export class TokenRefusedError extends Error {
  /** What it means for the scan where beginning again does not help. */
  readonly failure: ScanError;

  constructor(failure: ScanError) {
    super('the token was refused', { cause: failure });
    this.failure = failure;
  }
}

/**
 * How often a chain may begin again. A restart repeats all pages of the chain, so this also bounds what a scan can
 * cost: 21 times its pages.
 */
const maxRestarts = 20;
/**
 * How many pages in a row may bring no new user, beside those that a chain which began again has to repeat. Empty
 * pages and repeated users are legal, but tokens that lead in a circle bring nothing for ever.
 */
const maxBarrenPages = 1000;

/**
 * Reads one chain of pages to its end, each page being asked for while the one before is delivered. Where a token
 * is refused the chain begins again, so records can be delivered twice.
 *
 * @param fetchPage asks for the page that a token stands for; the first one has none
 * @param deliver resolves when there is room for another page, to how many of the records were new
 * @throws ScanError where tokens are refused again and again, or lead nowhere
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
      // Its failure is met in the next turn, or by nobody where delivering fails.
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
