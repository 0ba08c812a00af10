import { codeOf, type ScanError } from '../../errors.ts';
import type { Finding } from '../finding.ts';
import type { PoolClient } from './client.ts';
import { failureOf } from './failure.ts';
import type { CognitoServer } from './options.ts';
import { pageLength } from './page.ts';
import { withTimeout } from './retry.ts';
import { scanFailure } from './scan-failure.ts';

/** What a diagnosis needs: the client, and the rate of scans. */
export interface DiagnosisOptions {
  readonly server: CognitoServer;
  readonly client: PoolClient;
  readonly requestsPerSecond: number;
}

const timeoutMs = 10_000;
/** Cognito's quota of requests per second for ListUsers and similar operations, over all pools. */
const quotaPerSecond = 30;
/** The clock skew that AWS accepts in a signature, in seconds: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html */
const largestSkew = 300;

/** Checks whether a scan would succeed: one page of the pool, its description and its clock. */
export async function diagnosePool(
  options: DiagnosisOptions,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  return [await clock(options, signal), await onePage(options, signal), await description(options, signal)];
}

async function onePage({ server, client }: DiagnosisOptions, signal: AbortSignal): Promise<Finding> {
  const check = 'ListUsers';
  const began = performance.now();
  try {
    const page = await withTimeout((s) => client.listUsers({ Limit: pageLength }, s), timeoutMs, signal);
    const ms = Math.round(performance.now() - began);
    return { check, status: 'ok', detail: `a page of ${page.records.length} users in ${ms} ms` };
  } catch (error) {
    const failure = scanFailure(failureOf(error), server, 1, error);
    return {
      check,
      status: 'fail',
      detail: `${failure.code}: ${failure.detail}`,
      fix: fixOf(failure, server),
    };
  }
}

async function description(
  { server, client, requestsPerSecond }: DiagnosisOptions,
  signal: AbortSignal,
): Promise<Finding> {
  const check = 'DescribeUserPool';
  try {
    const users = await withTimeout((s) => client.estimateUsers(s), timeoutMs, signal);
    if (users === undefined)
      return { check, status: 'ok', detail: 'the pool does not say how many users it has' };
    const seconds = Math.ceil(Math.ceil(users / pageLength) / requestsPerSecond);
    return {
      check,
      status: 'ok',
      detail: `about ${users} users: a scan takes at least ${seconds} s at ${requestsPerSecond} of Cognito's ${quotaPerSecond} requests per second`,
    };
  } catch (error) {
    const { detail } = scanFailure(failureOf(error), server, 1, error);
    return {
      check,
      status: 'warn',
      detail: `${detail}; scans work without it, but their progress has no percentage`,
      fix: policyFor(server),
    };
  }
}

/** The difference between this machine's clock and the service's, whose answers have it in whole seconds. */
async function clock({ server }: DiagnosisOptions, signal: AbortSignal): Promise<Finding> {
  const check = 'clock';
  const address = server.endpoint ?? `https://cognito-idp.${server.region}.amazonaws.com/`;
  try {
    const response = await fetch(address, {
      method: 'HEAD',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    const date = Date.parse(response.headers.get('date') ?? '');
    if (Number.isNaN(date)) return { check, status: 'ok', detail: 'the service does not tell its time' };
    const skew = Math.round(Math.abs(Date.now() - date) / 1000);
    if (skew < largestSkew / 5) return { check, status: 'ok', detail: `within ${skew} s of the service's` };
    return {
      check,
      status: skew < largestSkew ? 'warn' : 'fail',
      detail: `${skew} s off the service's; beyond ${largestSkew} s it refuses every request`,
      fix: 'timedatectl set-ntp true',
    };
  } catch (error) {
    signal.throwIfAborted();
    const code = error instanceof Error ? codeOf(error.cause) : undefined;
    return {
      check,
      status: 'warn',
      detail: `${new URL(address).origin} could not be reached${code ? ` (${code})` : ''}`,
    };
  }
}

function fixOf({ code }: ScanError, server: CognitoServer): string | undefined {
  switch (code) {
    case 'SCAN_DENIED':
      return policyFor(server);
    case 'SCAN_NOT_FOUND':
      return "alter server … options (set user_pool_id 'REGION_ID', set region 'REGION');";
    default:
      return undefined;
  }
}

/** An IAM policy that allows exactly what the gateway does. */
function policyFor({ region, userPoolId }: CognitoServer): string {
  return JSON.stringify(
    {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['cognito-idp:ListUsers', 'cognito-idp:DescribeUserPool'],
          Resource: `arn:aws:cognito-idp:${region}:*:userpool/${userPoolId}`,
        },
      ],
    },
    null,
    2,
  );
}
