import { createHash } from 'node:crypto';
import { type Clock, systemClock } from '../../clock.ts';
import type { Source, SourceRecord } from '../source.ts';
import { createPoolClient } from './client.ts';
import { credentialsProvider, quotaHolder } from './credentials.ts';
import { diagnosePool } from './diagnose.ts';
import { fields } from './fields.ts';
import { type CognitoServer, parallelScans } from './options.ts';
import { defaultRetryPolicy, type RetryPolicy } from './retry.ts';
import { scanPool } from './scan.ts';
import { shareOf, type TokenBucket } from './token-bucket.ts';

/** The dependencies of a user pool's source. */
export interface CognitoSourceOptions {
  readonly server: CognitoServer;
  /** Returns the secret of a Vault reference. */
  readonly resolveSecret: (reference: string) => Promise<string>;
  /** The token bucket of the server's credentials and Region. */
  readonly bucket: TokenBucket;
  /** The number of chains of a scan: a power of 2 from 1 to 256. Default 1. */
  readonly parallelScan?: number;
  /** Overrides of `defaultRetryPolicy`. */
  readonly retry?: Partial<RetryPolicy>;
  readonly clock?: Clock;
  /** From 0 to less than 1; default `Math.random`. */
  readonly random?: () => number;
}

/** Chains read at once, and so connections: with answers within a second, enough for Cognito's 30 requests. */
const maxConcurrency = 32;

/**
 * The users of a Cognito user pool. Connects at the first scan.
 *
 * @throws RangeError if `parallelScan` is out of its range
 */
export function createCognitoSource({
  server,
  resolveSecret,
  bucket,
  parallelScan = 1,
  retry,
  clock = systemClock,
  random = Math.random,
}: CognitoSourceOptions): Source<readonly SourceRecord[]> {
  if (!parallelScans.includes(parallelScan)) {
    throw new RangeError(`parallelScan must be a power of 2 from 1 to 256, but got ${parallelScan}`);
  }
  const client = createPoolClient({
    server,
    credentials: credentialsProvider(server.credentials, resolveSecret),
    // One more for the estimate.
    maxSockets: maxConcurrency + 1,
  });
  const policy = { ...defaultRetryPolicy, ...retry };
  const context = {
    server,
    client,
    bucket,
    chains: parallelScan,
    maxConcurrency,
    policy,
    clock,
    random,
  };
  return {
    fields,
    origin: originOf(server),
    quota: quotaOf(server),
    scan: (signal, onProgress, rateShare) =>
      scanPool(rateShare ? { ...context, bucket: shareOf(bucket, rateShare) } : context, signal, onProgress),
    diagnose: (signal) =>
      diagnosePool({ server, client, requestsPerSecond: bucket.requestsPerSecond }, signal),
    close: () => client.close(),
  };
}

/** An endpoint without its user information, which may contain a password. */
function originOf({ region, userPoolId, endpoint }: CognitoServer): string {
  const address = endpoint === undefined ? undefined : new URL(endpoint);
  return JSON.stringify(['cognito', region, userPoolId, address && address.origin + address.pathname]);
}

/** AWS counts requests per account and Region. An access key's id is not a secret, but should not be published either. */
function quotaOf({ credentials, region }: CognitoServer): string {
  const holder = createHash('sha256').update(quotaHolder(credentials)).digest('hex').slice(0, 16);
  return JSON.stringify(['cognito', region, holder]);
}
