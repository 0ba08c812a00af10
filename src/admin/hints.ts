import type { ScanErrorCode } from '../errors.ts';

/** What operators can do about a failed scan. `docs/troubleshooting.md` has more about each. */
const hints: Readonly<Record<ScanErrorCode, string>> = {
  SCAN_IN_PROGRESS:
    'Wait, or raise --scan-timeout; --warm and --snapshot-dir keep requests from waiting after a start.',
  SCAN_THROTTLED:
    "Something else uses the account's ListUsers quota: lower --requests-per-second, or scan less often with --max-age.",
  SCAN_DENIED:
    'For a user pool, check the access key and its secret, and that its policy allows cognito-idp:ListUsers on the pool; for any other table, that the role which reads it has USAGE on its schema, SELECT on its columns, and a user mapping. `fdw-graphql doctor` says what is missing.',
  SCAN_NOT_FOUND:
    'Check user_pool_id and region of the foreign server, or what the options of the foreign table refer to.',
  SCAN_UNAVAILABLE:
    'Check the network, proxy and DNS between the gateway and the endpoint, or between Postgres and its remote; scans are retried automatically.',
  SCAN_INVALID_RESPONSE:
    'For a user pool, check endpoint_url and any proxy: the answers are not those of the service. For any other table, check its data, its primary_key_columns and its size (--max-snapshot-bytes).',
};

/** A hint for a scan that failed with this code. */
export function hintFor(code: ScanErrorCode): string {
  return hints[code];
}
