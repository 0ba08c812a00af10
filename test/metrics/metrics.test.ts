import { expect, test } from 'vitest';
import { History } from '../../src/admin/history.ts';
import { describeStatus, requestsStatus } from '../../src/admin/status.ts';
import { countReasons } from '../../src/http/runs.ts';
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
    interpreted: 'rare',
    snapshots: ['fresh'],
  });
  expect(text).not.toMatch(/chosen/i);
  expect(text).toContain('http_request_method="_OTHER"');
});

const answered: Extract<Observation, { event: 'request' }> = {
  event: 'request',
  requestId: '1',
  method: 'POST',
  operationType: 'query',
  operationName: undefined,
  role: 'web',
  status: 200,
  codes: [],
  durationMs: 3,
  responseBytes: 256,
  rowsMatched: undefined,
  interpreted: undefined,
  snapshots: ['fresh'],
};

test('requests are counted by each of their labels, and each bucket has all that are no larger', async () => {
  const text = await rendered(
    answered,
    { ...answered, durationMs: 1, responseBytes: 257 },
    { ...answered, method: 'GET', durationMs: 40_000, snapshots: ['stale'] },
    { ...answered, codes: ['SCAN_IN_PROGRESS'], snapshots: [] },
    { ...answered, operationType: undefined, status: 400, codes: ['BAD_REQUEST'], snapshots: [] },
  );
  const duration = 'http_server_request_duration_seconds';
  const posted = 'http_request_method="POST",http_response_status_code="200",http_route="/graphql"';
  expect(text).toContain(`# TYPE ${duration} histogram\n`);
  expect(text).toContain(`${duration}_bucket{${posted},le="0.001"} 1\n`);
  expect(text).toContain(`${duration}_bucket{${posted},le="0.005"} 3\n`);
  expect(text).toContain(`${duration}_bucket{${posted},le="+Inf"} 3\n`);
  expect(text).toContain(`${duration}_sum{${posted}} 0.007\n`);
  expect(text).toContain(`${duration}_count{${posted}} 3\n`);
  expect(text).toContain('http_server_response_body_size_bytes_bucket{http_route="/graphql",le="256"} 4\n');
  expect(text).toContain('http_server_response_body_size_bytes_bucket{http_route="/graphql",le="1024"} 5\n');
  expect(text).toContain(
    'fdw_graphql_operation_duration_seconds_bucket{graphql_operation_type="query",le="30"} 3\n',
  );
  expect(text).toContain('fdw_graphql_operation_duration_seconds_count{graphql_operation_type="query"} 4\n');
  expect(text).toContain('fdw_graphql_operations_total{graphql_operation_type="query",code="OK"} 3\n');
  expect(text).toContain(
    'fdw_graphql_operations_total{graphql_operation_type="none",code="BAD_REQUEST"} 1\n',
  );
  expect(text).toContain('fdw_graphql_snapshot_reads_total{state="fresh"} 2\n');
  expect(text).toContain('fdw_graphql_snapshot_reads_total{state="stale"} 1\n');
});

test('reading the metrics counts nothing twice', async () => {
  const metrics = new Metrics();
  metrics.observe(answered);
  expect(await metrics.render()).toContain(
    'fdw_graphql_operations_total{graphql_operation_type="query",code="OK"} 1\n',
  );
  const text = await metrics.render();
  expect(text).toContain('fdw_graphql_operations_total{graphql_operation_type="query",code="OK"} 1\n');
  expect(text).toContain('fdw_graphql_operation_duration_seconds_count{graphql_operation_type="query"} 1\n');
});

test('executed operations are counted by how and why', async () => {
  const metrics = new Metrics();
  const runs = { compiled: 5, interpreted: countReasons((reason) => (reason === 'too-large' ? 2 : 1)) };
  metrics.watch(() =>
    describeStatus({
      version: '1',
      startedAt: 0,
      now: 0,
      model: { tables: [], problems: [], introspection: undefined },
      stores: [],
      history: new History(),
      requests: requestsStatus(0, runs),
      remembered: {},
      reloadFailure: undefined,
      scanRequestsPerSecond: 25,
      scanConnections: { limit: 4, taken: 0, waiting: 0 },
      roles: [],
      warm: false,
      draining: false,
    }),
  );
  const text = await metrics.render();
  expect(text).toContain('fdw_graphql_executions_total{execution="compiled"} 5\n');
  expect(text).toContain('fdw_graphql_executions_total{execution="interpreted"} 7\n');
  expect(text).toContain('fdw_graphql_interpreted_total{reason="too-large"} 2\n');
  expect(text).toContain('fdw_graphql_interpreted_total{reason="failed"} 1\n');
});
