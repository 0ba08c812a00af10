import { connect, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { demoUsers } from '../../src/emulator/population.ts';
import { run, serve } from '../support/command.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';
import { testPool } from '../support/gateway.ts';

/** Stands before the run's Postgres, and cuts its first connections as one does that has yet to start. */
async function unreliable(
  url: string,
  cuts: number,
): Promise<{ readonly url: string; readonly server: Server; start(): void }> {
  const { port, hostname } = new URL(url);
  let remaining = cuts;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    if (remaining-- > 0) {
      socket.destroy();
      return;
    }
    const upstream = connect(Number(port), hostname);
    upstream.on('error', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
    socket.pipe(upstream).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const unreliableUrl = new URL(url);
  unreliableUrl.port = String(typeof address === 'object' ? address?.port : '');
  const start = () => {
    remaining = 0;
  };
  return { url: unreliableUrl.href, server, start };
}

let database: TestDatabase | undefined;
let proxy: Server | undefined;
afterEach(async () => {
  proxy?.close();
  await database?.drop();
  database = undefined;
});

describe('a Postgres that is away at the start', () => {
  test('is waited for, with a line for each attempt', async () => {
    database = await createDatabase(`${cognitoServer} ${sevenColumns}`);
    const { url, server } = await unreliable(database.url, 2);
    proxy = server;
    const serving = await serve(['serve', '--database-url', `${url}?sslmode=disable`]);
    const code = await serving.stop('SIGTERM');
    const events = serving.lines.map((line) => JSON.parse(line));
    const waits = events.filter(({ event }) => event === 'catalog-unavailable');
    expect(waits.map(({ retryInMs }) => retryInMs)).toEqual([500, 1000]);
    expect(waits[0].message).toMatch(/^waiting for the catalog: cannot connect to Postgres at 127\.0\.0\.1:/);
    expect(code).toBe(0);
  });

  test('leaves the port open: alive, not ready, and answering as soon as Postgres is there', async () => {
    const emulator = await startEmulator({ pools: new Map([[testPool, demoUsers(7)]]) });
    database = await createDatabase(
      `${cognitoServer} ${sevenColumns} alter server cognito_server options (add endpoint_url '${emulator.url}')`,
    );
    const { url, server, start } = await unreliable(database.url, Number.POSITIVE_INFINITY);
    proxy = server;
    const flags = [
      'serve',
      '--database-url',
      `${url}?sslmode=disable`,
      '--cors-origin',
      'https://app.example',
    ];
    const serving = await serve(flags, {}, 'port-open');
    const statusOf = async (path: string) => (await fetch(new URL(path, serving.url))).status;
    const ask = () =>
      fetch(serving.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: 'https://app.example' },
        body: JSON.stringify({ query: '{ usersCollection { totalCount } }' }),
      });

    expect([await statusOf('/healthz'), await statusOf('/readyz')]).toEqual([200, 503]);
    const early = await ask();
    expect(early.status).toBe(503);
    expect(Number(early.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(early.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(await early.json()).toEqual({
      errors: [{ message: expect.stringContaining('retry'), extensions: { code: 'NOT_READY' } }],
    });

    start();
    await expect.poll(() => statusOf('/readyz'), { timeout: 20_000 }).toBe(200);
    expect(await (await ask()).json()).toEqual({ data: { usersCollection: { totalCount: 7 } } });
    expect(await serving.stop('SIGTERM')).toBe(0);
    await emulator.close();
  });

  test('can be stopped while it waits', async () => {
    database = await createDatabase(`${cognitoServer} ${sevenColumns}`);
    const { url, server } = await unreliable(database.url, Number.POSITIVE_INFINITY);
    proxy = server;
    const serving = await serve(['serve', '--database-url', `${url}?sslmode=disable`], {}, 'port-open');
    expect(await serving.stop('SIGTERM')).toBe(0);
  });
});

describe('a catalog that can never be served', () => {
  test('ends the command at once, though its port was open: a database that does not exist', async () => {
    const nowhere = new URL(inject('postgresUrl'));
    nowhere.pathname = '/nowhere';
    const ended = await run(['serve', '--database-url', nowhere.href, '--port', '0']);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('does not exist');
  });

  test('is refused before any port is open: an address that others reach without authentication', async () => {
    const flags = ['serve', '--database-url', 'postgres://127.0.0.1:1/nowhere', '--host', '0.0.0.0'];
    const ended = await run([...flags, '--port', '0']);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('--host must be a loopback address');
  });
});
