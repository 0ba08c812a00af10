import { execFileSync } from 'node:child_process';
import { expect, inject, test, vi } from 'vitest';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { demoUsers } from '../../src/emulator/population.ts';
import { run, serve } from '../support/command.ts';
import { createDatabase } from '../support/database.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';
import { testPool } from '../support/gateway.ts';

test('workers serve one port with one scan, are replaced when they die, add up their metrics and stop', async () => {
  const emulator = await startEmulator({ pools: new Map([[testPool, demoUsers(300)]]) });
  const database = await createDatabase(
    `${cognitoServer} ${sevenColumns} alter server cognito_server options (add endpoint_url '${emulator.url}')`,
  );
  const flags = [
    '--workers',
    '2',
    '--reload-interval',
    '0',
    '--admin-port',
    '0',
    '--database-url',
    database.url,
  ];
  const serving = await serve(['serve', ...flags]);
  const count = async () => {
    const response = await fetch(serving.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ query: '{ usersCollection { totalCount } }' }),
    });
    return (await response.json()).data?.usersCollection?.totalCount;
  };
  const counts = await Promise.all(Array.from({ length: 20 }, count));
  expect(counts).toEqual(Array(20).fill(300));
  expect(emulator.requests.filter(({ operation }) => operation === 'ListUsers')).toHaveLength(5);

  const admin = eventOf(serving.lines, 'admin-listening').url;
  const metrics = await (await fetch(new URL('/metrics', admin))).text();
  expect(metrics).toContain('fdw_graphql_operations_total{graphql_operation_type="query",code="OK"} 20');
  expect(metrics).toMatch(/fdw_graphql_snapshot_rows\{[^}]*\} 300/);

  await database.client.query('alter foreign table cognito.users drop column status');
  process.kill(serving.pid, 'SIGHUP');
  const reads = /fdw_graphql_catalog_reads_total\{result="OK"\} 4/;
  await vi.waitUntil(async () => reads.test(await (await fetch(new URL('/metrics', admin))).text()), 40_000);
  const reloaded = await fetch(new URL('/reload', admin), { method: 'POST' });
  expect([reloaded.status, await reloaded.json()]).toEqual([202, { reloaded: true }]);

  const [worker] = workersOf(serving.pid);
  process.kill(worker ?? 0, 'SIGKILL');
  await vi.waitUntil(() => serving.lines.some((line) => line.includes('"worker"')), 40_000);
  await vi.waitUntil(() => workersOf(serving.pid).length === 2, 40_000);
  expect(await count()).toBe(300);

  expect(await serving.stop('SIGTERM')).toBe(0);
  expect(serving.lines.filter((line) => line.includes('"listening"'))).toHaveLength(1);
  await Promise.all([emulator.close(), database.drop()]);
}, 120_000);

test('an error that keeps workers from starting ends the command with one line', async () => {
  const nowhere = new URL(inject('postgresUrl'));
  nowhere.pathname = '/nowhere';
  const ended = await run(['serve', '--workers', '4', '--database-url', nowhere.href, '--port', '0']);
  expect(ended.code).toBe(1);
  expect(ended.stderr.match(/does not exist/g)).toHaveLength(1);
}, 60_000);

/** The processes that a process has started. */
function workersOf(pid: number): number[] {
  const children = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(pid)]).toString();
  return children
    .split('\n')
    .flatMap((line) => (line.includes('main.ts') ? [Number.parseInt(line, 10)] : []));
}

function eventOf(lines: readonly string[], event: string) {
  const found = lines
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []))
    .find((line) => line.event === event);
  return found ?? expect.fail(`no ${event}`);
}
