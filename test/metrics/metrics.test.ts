import { expect, test } from 'vitest';
import { Metrics } from '../../src/metrics/metrics.ts';
import type { Observation } from '../../src/observation.ts';

const progress = { rows: 0, pages: 0, requests: 0, throttles: 0, estimatedRows: undefined };
const users = { server: 'pool', object: 'users' };

async function rendered(...observations: readonly Observation[]): Promise<string> {
  const metrics = new Metrics();
  for (const observation of observations) metrics.observe(observation);
  return metrics.render();
}

test("a scan's pages are counted while it runs, and each once", async () => {
  const text = await rendered(
    { event: 'scan-progress', ...users, ...progress, pages: 10, requests: 12 },
    { event: 'scan-progress', ...users, ...progress, pages: 25, requests: 30, throttles: 2 },
    {
      event: 'scan-finished',
      ...users,
      ...progress,
      pages: 40,
      requests: 50,
      throttles: 3,
      durationMs: 2_000,
    },
    { event: 'scan-finished', ...users, ...progress, pages: 40, requests: 40, durationMs: 1_000 },
  );
  expect(text).toContain('fdw_graphql_scan_pages_total{server="pool",object="users"} 80\n');
  expect(text).toContain('fdw_graphql_source_requests_total{server="pool",object="users"} 90\n');
  expect(text).toContain('fdw_graphql_source_throttles_total{server="pool",object="users"} 3\n');
  expect(text).toContain(
    'fdw_graphql_scan_duration_seconds_sum{server="pool",object="users",result="OK"} 3\n',
  );
});

test('a scan that failed is counted under its code, with what it had read', async () => {
  const text = await rendered({
    event: 'scan-failed',
    ...users,
    ...progress,
    pages: 4,
    code: 'SCAN_THROTTLED',
    message: 'too many requests',
    errorId: 'e',
    durationMs: 500,
  });
  expect(text).toContain('fdw_graphql_scans_total{server="pool",object="users",result="SCAN_THROTTLED"} 1\n');
  expect(text).toContain('fdw_graphql_scan_pages_total{server="pool",object="users"} 4\n');
});

test('nothing that a client chooses becomes a label', async () => {
  const text = await rendered({
    event: 'request',
    requestId: 'chosen-id',
    method: 'CHOSEN',
    operationType: 'query',
    operationName: 'ChosenName',
    role: 'chosen_role',
    status: 200,
    codes: [],
    durationMs: 3,
    responseBytes: 100,
    rowsMatched: 1,
    interpreted: 'new',
    snapshots: ['fresh'],
  });
  expect(text).not.toMatch(/chosen/i);
  expect(text).toContain('http_request_method="_OTHER"');
});
