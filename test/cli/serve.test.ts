import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { demoUsers } from '../../src/emulator/population.ts';
import { run, serve } from '../support/command.ts';
import { createDatabase } from '../support/database.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';
import { testPool } from '../support/gateway.ts';

const ask = async (url: string, query: string) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return response.json();
};

async function poolAndDatabase(users: number) {
  const emulator = await startEmulator({ pools: new Map([[testPool, demoUsers(users)]]) });
  const database = await createDatabase(
    `${cognitoServer} ${sevenColumns} alter server cognito_server options (add endpoint_url '${emulator.url}')`,
  );
  return { emulator, database };
}

describe('serve', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('answers, and %s ends it with 0', async (signal) => {
    const { emulator, database } = await poolAndDatabase(10);
    const serving = await serve(['serve', '--database-url', database.url, '--explain']);
    const answer = await ask(serving.url, '{ usersCollection { totalCount } }');
    const code = await serving.stop(signal);
    await Promise.all([emulator.close(), database.drop()]);
    expect(answer.data).toEqual({ usersCollection: { totalCount: 10 } });
    expect(answer.extensions.scans).toMatchObject([{ rows: 10, snapshot: 'scanned' }]);
    expect(code).toBe(0);
    expect(serving.lines.join()).not.toMatch(/very-secret|AKIAIOSFODNN7EXAMPLE/);
  });

  test('an unhandled rejection ends one request at most, never the process', async () => {
    const { emulator, database } = await poolAndDatabase(10);
    const failing = 'process.on("SIGUSR2", () => void Promise.reject(new Error("nobody waits")))';
    const serving = await serve(['serve', '--database-url', database.url], {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(failing)}`,
    });
    process.kill(serving.pid, 'SIGUSR2');
    while (!serving.lines.some((line) => line.includes('nobody waits'))) await pause(10);
    const answer = await ask(serving.url, '{ usersCollection { totalCount } }');
    const code = await serving.stop('SIGTERM');
    await Promise.all([emulator.close(), database.drop()]);
    expect(answer.data).toEqual({ usersCollection: { totalCount: 10 } });
    const logged = serving.lines.filter((line) => line.startsWith('{'));
    expect(logged.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ event: 'internal-error', errorId: expect.any(String) }),
    );
    expect(code).toBe(0);
  });

  test('beside GraphQL there are health checks, and GraphiQL for browsers', async () => {
    const { emulator, database } = await poolAndDatabase(1);
    const serving = await serve(['serve', '--database-url', database.url]);
    const at = (path: string, accept = '*/*') =>
      fetch(new URL(path, serving.url), { headers: { accept }, redirect: 'manual' });
    const [root, health, nothing, page] = await Promise.all([
      at('/'),
      at('/healthz'),
      at('/nothing'),
      at('/graphql', 'text/html'),
    ]);
    await serving.stop('SIGTERM');
    await Promise.all([emulator.close(), database.drop()]);
    expect([root.status, root.headers.get('location')]).toEqual([302, '/graphql']);
    expect(health.status).toBe(200);
    expect(nothing.status).toBe(404);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  });
});

describe('serve refuses to start', () => {
  test.each(['1', '2'])(
    'on a snapshot folder that others can write, in one line (%s workers)',
    async (workers) => {
      const folder = await mkdtemp(join(tmpdir(), 'snapshots-'));
      await chmod(folder, 0o777);
      const { code, stdout, stderr } = await run([
        ...['serve', '--catalog', 'no/such/catalog.sql', '--port', '0', '--log-format', 'pretty'],
        ...['--snapshot-dir', folder, '--workers', workers],
      ]);
      await rm(folder, { recursive: true });
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toBe(
        `fdw-graphql: the snapshot folder ${folder} can be written by others (mode 0777); run chmod go-w "${folder}" (--snapshot-dir)\n`,
      );
    },
  );
});

describe('scan', () => {
  test('prints the statistics of one full scan', async () => {
    const { emulator, database } = await poolAndDatabase(100);
    const ended = await run(['scan', '--database-url', database.url, '--json']);
    await Promise.all([emulator.close(), database.drop()]);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      server: 'cognito_server',
      object: 'users',
      rows: 100,
      pages: 2,
    });
    expect(ended.code).toBe(0);
  });
});

describe('the admin port', () => {
  test('is announced in the log, and counts the requests of the main port', async () => {
    const { emulator, database } = await poolAndDatabase(10);
    const serving = await serve(['serve', '--database-url', database.url, '--admin-port', '0', '--warm']);
    const line = serving.lines.find((text) => text.includes('"event":"admin-listening"')) ?? '{}';
    const admin: string = JSON.parse(line).url;
    await ask(serving.url, '{ usersCollection { totalCount } }');
    const [ready, metrics, page] = await Promise.all(
      ['ready', 'metrics', ''].map(async (path) => (await fetch(new URL(path, admin))).text()),
    );
    const code = await serving.stop('SIGTERM');
    await Promise.all([emulator.close(), database.drop()]);
    expect(ready).toBe('{"ready":true,"reasons":[]}\n');
    expect(metrics).toContain('fdw_graphql_operations_total{graphql_operation_type="query",code="OK"} 1\n');
    expect(page).toContain('cognito_server.users');
    expect(code).toBe(0);
  });
});

test('the log has a line per request at debug, and at warn if it was slow or failed', async () => {
  const { emulator, database } = await poolAndDatabase(1);
  const flags = ['--log-level', 'debug', '--slow-query-ms', '1000000'];
  const serving = await serve(['serve', '--database-url', database.url, ...flags]);
  await ask(serving.url, 'query Fine { usersCollection { totalCount } }');
  await ask(serving.url, '{ nonsense }');
  await serving.stop('SIGTERM');
  await Promise.all([emulator.close(), database.drop()]);
  // What Node and the SDK write on standard error is no log.
  const log = serving.lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  const requests = log.filter(({ event }) => event === 'request');
  expect(requests).toMatchObject([
    {
      level: 20,
      operationName: 'Fine',
      role: 'postgres',
      status: 200,
      snapshots: ['scanned'],
      rowsMatched: 1,
    },
    { level: 40, codes: ['GRAPHQL_VALIDATION_FAILED'] },
  ]);
});
