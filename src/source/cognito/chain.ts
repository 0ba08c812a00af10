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
/** How often the same token may come back in a row. It can with empty pages, but not for ever. */
const maxSameTokens = 1000;

/**
 * Reads one chain of pages to its end, each page being asked for while the one before is delivered. Where a token
 * is refused the chain begins again, so records can be delivered twice.
 *
 * @param fetchPage asks for the page that a token stands for; the first one has none
 * @param deliver resolves when there is room for another page
 * @throws ScanError where tokens are refused again and again, or lead nowhere
 */
export async function readChain(
  fetchPage: (token: string | undefined) => Promise<Page>,
  deliver: (records: readonly SourceRecord[]) => Promise<void>,
): Promise<void> {
  let restarts = 0;
  let sameTokens = 0;
  let token: string | undefined;
  let upcoming = fetchPage(undefined);
  for (;;) {
    let page: Page;
    try {
      page = await upcoming;
    } catch (error) {
      if (!(error instanceof TokenRefusedError)) throw error;
      if (restarts === maxRestarts) throw error.failure;
      restarts += 1;
      token = undefined;
      upcoming = fetchPage(undefined);
      continue;
    }
    if (page.token === undefined) return deliver(page.records);
    sameTokens = page.token === token ? sameTokens + 1 : 0;
    if (sameTokens > maxSameTokens) throw endlessChain();
    token = page.token;
    upcoming = fetchPage(token);
    // Its failure is met in the next turn, or by nobody where delivering fails.
    upcoming.catch(() => {});
    await deliver(page.records);
  }
}

function endlessChain(): ScanError {
  return new ScanError(
    'SCAN_INVALID_RESPONSE',
    `each page must lead to another, but the same token came back ${maxSameTokens} times`,
  );
}
