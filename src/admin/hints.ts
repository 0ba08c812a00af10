import type { ScanErrorCode } from '../errors.ts';

/** What whoever runs the gateway can do about a scan that failed. `docs/troubleshooting.md` has more of each. */
const hints: Readonly<Record<ScanErrorCode, string>> = {
  SCAN_IN_PROGRESS:
    'Wait, or raise --scan-timeout; --warm and --snapshot-dir keep requests from waiting after a start.',
  SCAN_THROTTLED:
    "Something else uses the account's ListUsers quota: lower --requests-per-second, or scan less often with --max-age.",
  SCAN_DENIED:
    'Check the access key and its secret, and that its policy allows cognito-idp:ListUsers on the pool: `fdw-graphql doctor` says which is missing.',
  SCAN_NOT_FOUND: 'Check user_pool_id and region of the foreign server.',
  SCAN_UNAVAILABLE:
    'Check the network, proxy and DNS between the gateway and the endpoint; scans are tried again by themselves.',
  SCAN_INVALID_RESPONSE:
    'Check endpoint_url and what stands between: the answers are not those of the service.',
};

/** A hint for a scan that failed with this code. */
export function hintFor(code: ScanErrorCode): string {
  return hints[code];
}
