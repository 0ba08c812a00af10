import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AdminServer, listenAdmin } from '../../src/admin/admin-server.ts';
import { demoUsers } from '../../src/emulator/population.ts';
import type { Gateway, GatewayOptions } from '../../src/gateway.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import { mostInOneTurn } from '../graphql/turns.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const definitions = `${cognitoServer} ${sevenColumns}`;

let admin: AdminServer;
let started: TestGateway | undefined;
let current: Gateway | undefined;
let metrics: Metrics;
const errors: unknown[] = [];

beforeEach(async () => {
  metrics = new Metrics();
  admin = await listenAdmin(
    { host: '127.0.0.1', port: 0 },
    { gateway: () => current, metrics, onError: (error) => errors.push(error) },
  );
});

afterEach(async () => {
  await admin.close();
  await started?.close();
  started = undefined;
  current = undefined;
  expect(errors).toEqual([]);
});

async function startAdministered(sql: string, options: Partial<GatewayOptions> = {}): Promise<TestGateway> {
  started = await startGateway(sql, demoUsers(130), { observe: metrics.observe, ...options });
  current = started.gateway;
  metrics.watch(current.status);
  return started;
}

const at = (path: string, init?: RequestInit) =>
  fetch(new URL(path, admin.url), { redirect: 'manual', ...init });
const readiness = async () => {
  const response = await at('/ready');
  const { reasons } = await response.json();
  return [response.status, reasons.map(({ reason }: { reason: string }) => reason)];
};

describe('readiness', () => {
  test('before the catalog has been read the process lives and is not ready', async () => {
    expect((await at('/live')).status).toBe(200);
    expect(await readiness()).toEqual([503, ['no-catalog']]);
    expect((await at('/status')).status).toBe(503);
    expect((await at('/')).status).toBe(503);
  });

  test('a catalog without a usable table is not ready, and the main port says so without reasons', async () => {
    const { url } = await startAdministered(
      'create foreign data wrapper w; create server cognito_server foreign data wrapper w;',
    );
    expect(await readiness()).toEqual([503, ['no-usable-table']]);
    const response = await fetch(new URL('/readyz', url));
    expect([response.status, await response.text()]).toEqual([503, 'not ready\n']);
    expect((await fetch(new URL('/healthz', url))).status).toBe(200);
  });

  test('without warming a gateway is ready at once', async () => {
    await startAdministered(definitions);
    expect(await readiness()).toEqual([200, []]);
  });

  test('with warming it is ready once every object has its first snapshot', async () => {
    const { url, query } = await startAdministered(definitions, { warm: true, requestsPerSecond: 1 });
    expect(await readiness()).toEqual([503, ['first-snapshot-missing']]);
    expect((await fetch(new URL('/readyz', url))).status).toBe(503);
    await query('{ usersCollection(first: 1) { totalCount } }');
    expect(await readiness()).toEqual([200, []]);
    expect((await fetch(new URL('/readyz', url))).status).toBe(200);
  });

  test('a gateway that stops is not ready', async () => {
    const { gateway } = await startAdministered(definitions);
    gateway.drain();
    expect(await readiness()).toEqual([503, ['draining']]);
  });
});

describe('status', () => {
  test('shows tables, who sees them, snapshots and problems, but no users or secrets', async () => {
    const { query } = await startAdministered(
      `${definitions} create foreign table cognito.wrong (nonsense text) server cognito_server options (object 'groups');`,
    );
    await query('{ usersCollection(first: 1) { totalCount } }');
    const text = await (await at('/status')).text();
    expect(JSON.parse(text)).toMatchObject({
      ready: true,
      tables: [{ schema: 'cognito', name: 'users', roles: [{ role: 'postgres', columns: 7, rows: 'all' }] }],
      objects: [{ server: 'cognito_server', object: 'users', snapshot: { rows: 130, freshness: 'fresh' } }],
      problems: [{ object: 'cognito.wrong' }],
    });
    expect(text).not.toMatch(/alice|very-secret|AKIAIOSFODNN7EXAMPLE/);
  });

  test('a failed scan is shown with what to do about it', async () => {
    const { query } = await startAdministered(
      `${cognitoServer} alter server cognito_server options (set user_pool_id 'us-east-1_Nowhere'); ${sevenColumns}`,
    );
    const { errors: failures } = await query('{ usersCollection(first: 1) { totalCount } }');
    const { objects, errors: recent } = await (await at('/status')).json();
    expect(objects[0].lastFailure).toMatchObject({
      code: 'SCAN_NOT_FOUND',
      errorId: failures[0]?.extensions.errorId,
      hint: expect.stringContaining('user_pool_id'),
    });
    expect(recent[0]).toMatchObject({ event: 'scan-failed', code: 'SCAN_NOT_FOUND' });
    expect(await (await at('/')).text()).toContain('Check user_pool_id and region');
  });

  test('names that contain markup are shown as text', async () => {
    await startAdministered(
      `${definitions} create foreign table cognito."<script>alert(1)</script>" (username text) server cognito_server options (object 'users');`,
    );
    const page = await (await at('/')).text();
    expect(page).toContain('&lt;script&gt;alert(1)');
    expect(page).not.toContain('<script>alert(1)');
  });
});

describe('refresh', () => {
  const asked = async (emulator: TestGateway['emulator']) =>
    emulator.requests.filter(({ operation }) => operation === 'ListUsers').length;

  test('scans the object behind a table again', async () => {
    const { emulator, query } = await startAdministered(definitions, { minRefreshMs: 0 });
    await query('{ usersCollection(first: 1) { totalCount } }');
    const before = await asked(emulator);
    const response = await at('/refresh?table=cognito.users', { method: 'POST' });
    expect([response.status, await response.json()]).toEqual([202, { refreshing: 'cognito.users' }]);
    await query('{ usersCollection(first: 1) { totalCount } }', {}, { 'cache-control': 'no-cache' });
    expect(await asked(emulator)).toBeGreaterThan(before);
  });

  test('names the tables if there is no such table', async () => {
    await startAdministered(definitions);
    const response = await at('/refresh?table=cognito.nobody', { method: 'POST' });
    expect(response.status).toBe(404);
    expect((await response.json()).error).toBe('table must be one of cognito.users, but got cognito.nobody');
  });

  test('the button of the page leads back to the page', async () => {
    await startAdministered(definitions);
    const response = await at('/refresh?table=cognito.users', {
      method: 'POST',
      headers: { accept: 'text/html' },
    });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/']);
  });

  test.each([{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }])(
    'pages of other sites cannot press it: %o',
    async (headers) => {
      await startAdministered(definitions);
      expect(await post('/refresh', headers)).toBe(403);
    },
  );

  test('is not to be had by GET', async () => {
    await startAdministered(definitions);
    const response = await at('/refresh');
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

test('a foreign name that points at this machine is not answered', async () => {
  expect(await post('/live', { host: 'evil.example' }, 'GET')).toBe(421);
});

test('an unknown path is answered with the known ones', async () => {
  const response = await at('/nothing');
  expect(response.status).toBe(404);
  expect((await response.json()).error).toContain('/metrics');
});

test('metrics count scans and answers', async () => {
  const { query } = await startAdministered(definitions);
  await query('{ usersCollection(first: 1) { totalCount } }');
  await query('{ nonsense }');
  const response = await at('/metrics');
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  for (const line of [
    'fdw_graphql_ready 1',
    'fdw_graphql_snapshot_rows{server="cognito_server",object="users"} 130',
    'fdw_graphql_scans_total{server="cognito_server",object="users",result="OK"} 1',
    'fdw_graphql_scan_pages_total{server="cognito_server",object="users"} 3',
    'fdw_graphql_operations_total{graphql_operation_type="query",code="OK"} 1',
    'fdw_graphql_operations_total{graphql_operation_type="none",code="GRAPHQL_VALIDATION_FAILED"} 1',
    'http_server_request_duration_seconds_count{http_request_method="POST",http_response_status_code="200",http_route="/graphql"} 2',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
});

/** `fetch` does not let these headers be set. */
function post(path: string, headers: Record<string, string>, method = 'POST'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(new URL(path, admin.url), { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

test('requests that come together share one rendering of the metrics', async () => {
  const rendering = metrics.render();
  expect(metrics.render()).toBe(rendering);
  await rendering;
  expect(metrics.render()).not.toBe(rendering);
});

test('however many requests come at once, one is answered in each turn of the event loop', async () => {
  let answered = 0;
  const busy = await listenAdmin(
    { host: '127.0.0.1', port: 0 },
    {
      gateway: () => {
        answered++;
        return undefined;
      },
      metrics,
      onError: (error) => errors.push(error),
    },
  );
  const asked = Array.from({ length: 20 }, () => fetch(new URL('/status', busy.url)));
  expect(await mostInOneTurn(() => answered, asked.length)).toBe(1);
  await Promise.all(asked);
  await busy.close();
});
