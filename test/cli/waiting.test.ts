import { connect, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { serve } from '../support/command.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { cognitoServer, sevenColumns } from '../support/definitions.ts';

/** Stands before the run's Postgres, and cuts its first connections as one does that has yet to start. */
async function unreliable(
  url: string,
  cuts: number,
): Promise<{ readonly url: string; readonly server: Server }> {
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
  return { url: unreliableUrl.href, server };
}

let database: TestDatabase | undefined;
let proxy: Server | undefined;
afterEach(async () => {
  proxy?.close();
  await database?.drop();
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
});
