import { setMaxListeners } from 'node:events';
import type { Clock } from '../../clock.ts';
import { DistinctTexts } from '../../columns/distinct-texts.ts';
import { Pace } from '../../columns/pace.ts';
import { inSpan } from '../../tracing.ts';
import type { ScanProgress, SourceRecord } from '../source.ts';
import { BoundedQueue } from './bounded-queue.ts';
import { readChain, TokenRefusedError } from './chain.ts';
import type { PoolClient } from './client.ts';
import type { CognitoServer } from './options.ts';
import { type Page, pageLength } from './page.ts';
import { partitions } from './partitions.ts';
import { GivenUpError, type RetryContext, type RetryPolicy, sendWithRetry, withTimeout } from './retry.ts';
import { scanFailure } from './scan-failure.ts';
import { Tally } from './tally.ts';
import type { TokenBucket } from './token-bucket.ts';

/** What a scan needs. */
export interface ScanContext {
  readonly server: CognitoServer;
  readonly client: PoolClient;
  readonly bucket: TokenBucket;
  /** The number of chains of the scan. */
  readonly chains: number;
  /** The maximum number of chains that are read at the same time. */
  readonly maxConcurrency: number;
  readonly policy: RetryPolicy;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Pages that may wait for the consumer, in addition to those held by the chains. */
const waitingPages = 4;

/**
 * Reads a whole pool once. Yields each user at most once, by username, and ends only after the last one.
 *
 * At most `waitingPages`, plus two pages per active chain, are in memory at any time.
 */
export async function* scanPool(
  context: ScanContext,
  signal: AbortSignal,
  onProgress: (progress: ScanProgress) => void,
): AsyncGenerator<readonly SourceRecord[], void, undefined> {
  signal.throwIfAborted();
  const stop = new AbortController();
  // There are as many listeners as chains, which is not a leak.
  setMaxListeners(0, stop.signal);
  const cancel = () => stop.abort(signal.reason);
  signal.addEventListener('abort', cancel, { once: true });
  const queue = new BoundedQueue<readonly SourceRecord[]>(waitingPages);
  const fail = () => queue.fail(stop.signal.reason);
  stop.signal.addEventListener('abort', fail, { once: true });

  const reading = readPool(context, stop, new Tally(onProgress), (records) => queue.push(records)).then(
    () => {
      stop.signal.removeEventListener('abort', fail);
      queue.end();
      // Whatever is still running, such as the estimate, is no longer needed.
      stop.abort(new Error('the scan has ended'));
      context.client.releaseIdle();
    },
  );
  try {
    for (let page = await queue.take(); page !== undefined; page = await queue.take()) yield page;
  } finally {
    signal.removeEventListener('abort', cancel);
    stop.abort(new Error('nobody waits for the scan any more'));
    await reading;
  }
}

/** Reads all chains, a limited number at a time. Resolves when all have ended; a failure aborts `stop`. */
async function readPool(
  context: ScanContext,
  stop: AbortController,
  tally: Tally,
  deliver: (records: readonly SourceRecord[]) => Promise<void>,
): Promise<void> {
  const { chains, maxConcurrency } = context;
  const seen = new DistinctTexts();
  const remaining = partitions(chains).values();

  async function deliverNew(records: readonly SourceRecord[]): Promise<number> {
    const pace = new Pace({ signal: stop.signal });
    const fresh: SourceRecord[] = [];
    for (const record of records) {
      const [username] = record.fields;
      const before = seen.texts.count;
      if (typeof username === 'string') seen.add(username);
      if (seen.texts.count > before) fresh.push(record);
      // Usernames of some megabytes take milliseconds each.
      if (pace.due) await pace.pause();
    }
    tally.countPage(fresh.length);
    if (fresh.length > 0) await deliver(fresh);
    return fresh.length;
  }

  async function readRemaining(): Promise<void> {
    for (const filters of remaining) {
      for (const filter of filters) {
        stop.signal.throwIfAborted();
        await readChain((token) => fetchPage(filter, token), deliverNew);
      }
    }
  }

  let isEstimating = false;

  async function fetchPage(filter: string | undefined, token: string | undefined): Promise<Page> {
    const page = await requestPage(context, retryContext, filter, token).catch((error: unknown) => {
      if (error instanceof TokenRefusedError) tally.refusedTokens += 1;
      throw error;
    });
    // If there is only one page, there is nothing to estimate.
    if (page.token !== undefined && !isEstimating) {
      isEstimating = true;
      void estimate(context, stop.signal, tally);
    }
    return page;
  }

  const retryContext: RetryContext = {
    ...context,
    signal: stop.signal,
    hasAnswered: () => tally.pages > 0,
    onAttempt: (number) => {
      tally.requests += 1;
      if (number > 1) tally.retries += 1;
    },
    onThrottle: () => tally.countThrottle(),
    credentialsVersion: () => context.client.credentialsVersion,
    renewCredentials: (version) => context.client.renewCredentials(version),
  };

  const readers = Array.from({ length: Math.min(chains, maxConcurrency) }, () =>
    readRemaining().catch((error: unknown) => stop.abort(error)),
  );
  await Promise.all(readers);
}

/**
 * Requests one page until it arrives.
 *
 * @throws TokenRefusedError if the pool no longer accepts the token
 * @throws ScanError
 */
async function requestPage(
  { server, client }: ScanContext,
  retryContext: RetryContext,
  filter: string | undefined,
  token: string | undefined,
): Promise<Page> {
  const request = {
    Limit: pageLength,
    ...(token === undefined ? {} : { PaginationToken: token }),
    ...(filter === undefined ? {} : { Filter: filter }),
  };
  try {
    return await inSpan({ name: 'ListUsers', kind: 'client' }, () =>
      sendWithRetry((signal) => client.listUsers(request, signal), retryContext),
    );
  } catch (error) {
    if (!(error instanceof GivenUpError)) throw error;
    const failure = scanFailure(error.failure, server, error.attempts, error.cause);
    // The next scan may find valid ones, such as a secret that was replaced in Vault.
    if (failure.code === 'SCAN_DENIED') client.renewCredentials(client.credentialsVersion);
    if (error.failure.kind === 'bad-parameter' && token !== undefined) throw new TokenRefusedError(failure);
    throw failure;
  }
}

/** Records the pool's estimate of its users. Without it only the percentage is missing. */
async function estimate(
  { client, bucket, policy }: ScanContext,
  signal: AbortSignal,
  tally: Tally,
): Promise<void> {
  try {
    await bucket.take(signal);
    tally.estimatedRows = await withTimeout((s) => client.estimateUsers(s), policy.requestTimeoutMs, signal);
  } catch {
    tally.estimatedRows = undefined;
  }
}
