import { onTestFinished, vi } from 'vitest';
import {
  type Emulator,
  type EmulatorOptions,
  type PoolUser,
  startEmulator,
} from '../../../src/emulator/emulator.ts';
import type { CognitoServer } from '../../../src/source/cognito/options.ts';
import { type CognitoSourceOptions, createCognitoSource } from '../../../src/source/cognito/source.ts';
import { createTokenBucket } from '../../../src/source/cognito/token-bucket.ts';
import type { ScanProgress, Source, SourceRecord } from '../../../src/source/source.ts';

export const poolId = 'us-east-1_Scanned01';

/** So many users, of whom every seventh has no attributes at all and every fifth no e-mail address. */
export function makeUsers(count: number, prefix = 'user'): PoolUser[] {
  return Array.from({ length: count }, (_, i) => ({
    Username: `${prefix}-${i}-Ünï`,
    UserCreateDate: 1_700_000_000 + i / 8,
    UserLastModifiedDate: 1_710_000_000 + i,
    Enabled: i % 3 > 0,
    UserStatus: i % 11 === 0 ? 'A_STATUS_OF_TOMORROW' : 'CONFIRMED',
    ...(i % 7 === 0 ? {} : { Attributes: makeAttributes(i) }),
  }));
}

/** The same number of users, each with a `sub`: partitioned scans find users by it. */
export function makeSubscribers(count: number, prefix = 'user'): PoolUser[] {
  return makeUsers(count, prefix).map((user, i) => ({ ...user, Attributes: makeAttributes(i) }));
}

function makeAttributes(i: number): { Name: string; Value?: string }[] {
  // The golden ratio spreads the first digits evenly.
  const digits = (Math.imul(i + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0');
  return [
    { Name: 'sub', Value: `${digits}-0000-4000-8000-${String(i).padStart(12, '0')}` },
    ...(i % 5 === 0 ? [] : [{ Name: 'email', Value: `user${i}@example.com` }]),
    { Name: 'custom:empty' },
    { Name: 'custom:long', Value: i % 50 === 0 ? 'ñ'.repeat(2048) : String(i) },
  ];
}

/** The record that a scan has to make of a user. Dates are in eighths of a second, which floats hold exactly. */
export function recordOf(user: PoolUser): SourceRecord {
  return {
    fields: [
      user.Username,
      user.UserStatus ?? null,
      user.Enabled ?? false,
      user.UserCreateDate === undefined ? null : Math.floor(user.UserCreateDate * 1000),
      user.UserLastModifiedDate === undefined ? null : Math.floor(user.UserLastModifiedDate * 1000),
    ],
    attributes: (user.Attributes ?? []).map(({ Name, Value }) => [Name, Value ?? null] as const),
  };
}

/** An emulator of one pool, closed when the test is over. */
export async function startPool(
  users: readonly PoolUser[],
  options: Omit<EmulatorOptions, 'pools'> = {},
): Promise<Emulator> {
  const emulator = await startEmulator({ pools: new Map([[poolId, users]]), ...options });
  onTestFinished(() => emulator.close());
  return emulator;
}

export function serverAt(url: string, changes: Partial<CognitoServer> = {}): CognitoServer {
  return {
    region: 'us-east-1',
    userPoolId: poolId,
    endpoint: url,
    credentials: {
      kind: 'static',
      accessKeyId: 'AKIAEXAMPLE',
      secret: { kind: 'plain', value: 'example' },
      sessionToken: undefined,
    },
    parallelScan: undefined,
    ...changes,
  };
}

/** A source that tries again after milliseconds where others wait for seconds; closed after the test. */
export function connect(
  url: string,
  { retry, ...changes }: Partial<CognitoSourceOptions> = {},
): Source<readonly SourceRecord[]> {
  const source = createCognitoSource({
    server: serverAt(url),
    resolveSecret: () => Promise.reject(new Error('no secret was expected to be asked for')),
    bucket: createTokenBucket({ requestsPerSecond: 10_000 }),
    retry: {
      requestTimeoutMs: 10_000,
      firstAttempts: 10,
      attempts: 15,
      throttlePatienceMs: 5_000,
      baseDelayMs: 2,
      maxDelayMs: 10,
      ...retry,
    },
    ...changes,
  });
  onTestFinished(() => source.close());
  return source;
}

/** Scans to the end. */
export async function scanAll(
  source: Source<readonly SourceRecord[]>,
  onProgress: (progress: ScanProgress) => void = () => {},
  signal: AbortSignal = new AbortController().signal,
): Promise<SourceRecord[]> {
  const records: SourceRecord[] = [];
  for await (const page of source.scan(signal, onProgress)) records.push(...page);
  return records;
}

/** Records in the order of their usernames, to compare what has no order. */
export function sorted(records: readonly SourceRecord[]): SourceRecord[] {
  const key = ({ fields: [username] }: SourceRecord) => String(username);
  return [...records].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** The error that the promise is rejected with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('the promise must be rejected, but was fulfilled');
}

/** Connections that this process has open, at either end. */
export function openSockets(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'TCPSocketWrap').length;
}

/** Waits until all connections are closed that were not open before. */
export async function untilSocketsAre(count: number): Promise<void> {
  await vi.waitFor(
    () => {
      if (openSockets() > count) throw new Error(`${openSockets()} connections must be ${count}`);
    },
    { timeout: 2_000, interval: 5 },
  );
}
