import { expect, test } from 'vitest';
import { type GatewayStatus, requestsStatus } from '../../src/admin/status.ts';
import { renderStatusPage } from '../../src/admin/status-page.ts';
import { newRuns } from '../../src/http/runs.ts';

const now = 1_700_000_000_000;
const status: GatewayStatus = {
  version: '1.0.0',
  startedAt: now - 3_600_000,
  now,
  ready: true,
  reasons: [],
  tables: [],
  objects: [],
  problems: [],
  errors: [],
  requests: requestsStatus(0, newRuns()),
  remembered: {},
  reloadFailure: undefined,
  scanRequestsPerSecond: 25,
  scanConnections: { limit: 4, taken: 0, waiting: 0 },
};
const actions = { refresh: true, reload: true };

test('a running scan shows its progress, its remaining time, and its share of the quota', () => {
  const scan = {
    startedAt: now - 60_000,
    rows: 30_000,
    pages: 500,
    requests: 510,
    throttles: 1,
    estimatedRows: 120_000,
    requestsPerSecond: 8.5,
    fraction: 0.25,
    etaSeconds: 180,
  };
  const object = {
    server: 'pool',
    object: 'users',
    snapshot: undefined,
    scan,
    lastFailure: undefined,
    nextScanAt: undefined,
    sharing: undefined,
  };
  const { html } = renderStatusPage({ ...status, objects: [object] }, actions);
  expect(html).toContain('<progress aria-label="Scan of pool.users" value="0.2500" max="1">25 %</progress>');
  expect(html).toContain('30,000 of about 120,000 rows, 3 min 0 s left.');
  expect(html).toContain('8.5 of 25 requests per second; 1 throttle.');
});

test.each([
  [{}, 'nothing yet'],
  [
    { published: { sequence: 7, scannedAt: now, isLoaded: true }, publishedAgeSeconds: 35, lagSeconds: 0 },
    'snapshot 7, 35 s old',
  ],
  [
    {
      published: { sequence: 7, scannedAt: now, isLoaded: false },
      publishedAgeSeconds: 35,
      lagSeconds: 60,
      holder: 'host 1 ab',
      epoch: 9,
    },
    'snapshot 7, 35 s old; this gateway is 1 min 0 s behind; host 1 ab scans (epoch 9)',
  ],
  [{ holder: 'host 1 ab', holds: true, epoch: 9 }, 'nothing yet; this gateway scans (epoch 9)'],
  [{ reachable: false }, 'not now: other gateways cannot be reached'],
])('what is shared of an object: %o', (sharing, text) => {
  const object = {
    server: 'pool',
    object: 'users',
    snapshot: {
      rows: 1,
      bytes: 1,
      scannedAt: now,
      scanDurationMs: 1,
      freshness: 'fresh' as const,
      ageSeconds: 0,
    },
    scan: undefined,
    lastFailure: undefined,
    nextScanAt: undefined,
    sharing: {
      holder: undefined,
      epoch: undefined,
      holds: false,
      sequence: undefined,
      published: undefined,
      publishedAgeSeconds: undefined,
      lagSeconds: undefined,
      bytesPublished: 3 * 2 ** 20,
      bytesLoaded: 40 * 2 ** 20,
      reachable: true,
      ...sharing,
    },
  };
  const { html } = renderStatusPage({ ...status, objects: [object] }, actions);
  expect(html).toContain(`<dt>Shared</dt><dd>${text}</dd>`);
  expect(html).toContain('3 MB published, 40 MB loaded');
});

test('the page says that the catalog cannot be read again, and what is served meanwhile', () => {
  const reloadFailure = { message: 'connect ECONNREFUSED', since: now - 90_000, failures: 4 };
  const { html } = renderStatusPage({ ...status, reloadFailure }, actions);
  expect(html).toContain('for 1 min 30 s, 4 tries: connect ECONNREFUSED');
});

test('buttons are shown only for what the reader may do', () => {
  const { html } = renderStatusPage(status, { refresh: false, reload: false });
  expect(html).not.toContain('<button');
});
